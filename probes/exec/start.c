/* SPDX-License-Identifier: Apache-2.0 */
/* Does a program start, and as whom. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The parts that this program plays when a check executes it. */
int play_role(const char *role, int argc, char **argv)
{
    if (!strcmp(role, "seven"))
        return 7;
    printf("%d:", argc);
    for (int i = strcmp(role, "arguments") ? 0 : 1; i < argc; i++)
        printf(" [%s]", argv[i]);
    return 0;
}

CHECK(exec_start, .id = "exec.start",
      .says = "a program linked against this libc starts in the image",
      .why =
          "a missing loader, library or symbol version shows as \"not found\" or \"no such file\" "
          "when a binary is copied into an image that it was not built for",
      .help = "install the libc that the program was linked with (musl programs need "
              "/lib/ld-musl-*.so.1, glibc ones ld-linux*.so and libc.so.6), or link it statically",
      .refs = "https://man7.org/linux/man-pages/man8/ld.so.8.html "
              "https://wiki.musl-libc.org/functional-differences-from-glibc.html",
      .needs = "the loader and libc of the flavor (dynamic flavors)")
{
    observe("ok");
}

CHECK(exec_self, .id = "exec.self", .says = "a program can execute itself again",
      .why = "supervisors and workers that re-execute /proc/self/exe fail on an emulated platform "
             "whose emulator is not registered with the kernel",
      .help = "register the emulator in binfmt_misc with the flags F, P and O",
      .refs = "https://docs.kernel.org/admin-guide/binfmt-misc.html", .needs = "/proc, binfmt_misc")
{
    char *argv[] = {"again", NULL}, *envp[] = {"PLIMSOLL_ROLE=seven", NULL};
    observe("%s", exec_in_child("/proc/self/exe", argv, envp, NULL, 0));
}

CHECK(exec_argv0, .id = "exec.argv0", .says = "a program sees the argv[0] it was started with",
      .why = "multi-call programs such as BusyBox choose what they do by argv[0]; an emulator "
             "registered without the flag P replaces it by the path",
      .help = "register the emulator in binfmt_misc with the flag P",
      .refs = "https://docs.kernel.org/admin-guide/binfmt-misc.html", .needs = "binfmt_misc")
{
    char text[128] = "", *argv[] = {"another-name", NULL}, *envp[] = {"PLIMSOLL_ROLE=all", NULL};
    const char *end = exec_in_child(self_path(), argv, envp, text, sizeof text);
    observe("%s, %s", end, text);
}

CHECK(exec_proc_self_exe, .id = "exec.proc-self-exe",
      .says = "/proc/self/exe leads to the program itself",
      .why = "programs find their files and re-execute themselves through it; without /proc they "
             "cannot, and under some emulators it leads to the emulator",
      .help = "mount /proc; use an emulator that hides itself",
      .refs = "https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html", .needs = "/proc")
{
    char path[4096] = "";
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    int error = errno;
    const char *slash = n > 0 ? strrchr(path, '/') : NULL;
    if (n < 0)
        observe("%s", errno_name(error));
    else if (slash && !strcmp(slash + 1, program_invocation_short_name))
        observe("the program");
    else
        observe("another program");
}

static const char *capabilities(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    unsigned long long effective = 0;
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f))
        found = sscanf(line, "CapEff: %llx", &effective) == 1;
    if (f)
        fclose(f);
    return !found ? "capabilities unknown" : effective ? "capabilities" : "no capabilities";
}

CHECK(exec_identity, .id = "exec.identity",
      .says = "the cell runs programs without capabilities and without a way to gain privileges",
      .why =
          "what a program may do decides what the other checks can see; a runner that grants more "
          "than the sandbox does is one more axis of the matrix",
      .help = "compare the runner's user, capabilities and no-new-privileges settings",
      .refs = "https://man7.org/linux/man-pages/man7/capabilities.7.html", .needs = "/proc")
{
    int locked = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    bool same = getuid() == geteuid() && getgid() == getegid();
    observe("%s, %s, %s%s", getuid() == 0 ? "root" : "user", capabilities(),
            locked == 1 ? "no new privileges" : "new privileges possible",
            same ? "" : ", effective ids differ");
}
