/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments and environment. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

CHECK(
    exec_argv_null, .id = "exec.argv-null",
    .says = "a program executed without any argument is given one empty argument",
    .why = "programs that index argv[1] ran into the environment (CVE-2021-4034) before Linux 5.18",
    .help = "use a kernel from 5.18 on", .refs = "https://lwn.net/Articles/882799/",
    .needs = "Linux 5.18")
{
    char text[64] = "", *argv[] = {NULL}, *envp[] = {"PLIMSOLL_ROLE=all", NULL};
    const char *end = exec_in_child(self_path(), argv, envp, text, sizeof text);
    observe("%s, %s", end, text);
}

CHECK(exec_getopt_permute, .id = "exec.getopt-permute",
      .says = "getopt finds options behind other arguments",
      .why = "\"program FILE -b\": glibc moves the option to the front, musl stops at FILE",
      .help = "put options first, or use getopt_long, which permutes in both",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html")
{
    char *argv[] = {"program", "-a", "file", "-b", NULL}, seen[8] = "";
    int option;
    while ((option = getopt(4, argv, "ab")) != -1 && strlen(seen) < 4)
        strncat(seen, &(char){(char)option}, 1);
    observe("options %s, optind %d", seen, optind);
}

static void bad_option(void *data)
{
    (void)data;
    char *argv[] = {"program", "-z", NULL};
    int option = getopt(2, argv, "ab");
    _exit(option == '?' ? 0 : 1);
}

CHECK(exec_getopt_message, .id = "exec.getopt-message",
      .says = "getopt says \"invalid option\" of an option that it does not know",
      .why = "scripts and tests compare messages", .help = "compare exit codes instead",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/misc/getopt.c")
{
    char text[128];
    in_child_writes(2, bad_option, NULL, NULL, 0, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    observe("%s", text);
}

extern char **environ;

CHECK(exec_environment, .id = "exec.environment",
      .says = "setenv replaces in place, refuses bad names; unsetenv removes duplicates; clearenv "
              "leaves nothing",
      .why = "programs that build the environment of their children rely on it",
      .help = "a difference points to the libc",
      .refs = "https://man7.org/linux/man-pages/man3/setenv.3.html")
{
    char *start[] = {"A=1", "B=2", "A=3", NULL};
    environ = start;
    setenv("B", "4", 1);
    const char *replaced = environ[1];
    errno = 0;
    int empty = setenv("", "x", 1) ? errno : 0, equals = setenv("A=B", "x", 1) ? errno : 0;
    unsetenv("A");
    const char *left = environ[0], *after = environ[1];
    char first[16];
    snprintf(first, sizeof first, "%s", left ? left : "(none)");
    clearenv();
    observe("%s, %s %s, left %s%s, cleared %s", replaced, errno_name(empty), errno_name(equals),
            first, after ? " and more" : "", environ && environ[0] ? "no" : "yes");
}
