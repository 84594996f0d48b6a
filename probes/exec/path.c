/* SPDX-License-Identifier: Apache-2.0 */
/* Where execvp looks for a program. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void search_and_run(int out, void *data)
{
    char *argv[] = {data, NULL};
    execvp(data, argv);
    dprintf(out, "%s", errno_name(errno));
}

static const char *search(const char *path, const char *name, char text[64])
{
    if (path)
        setenv("PATH", path, 1);
    else
        unsetenv("PATH");
    const char *end = in_child(search_and_run, (void *)name, text, 64);
    return text[0] ? text : end;
}

/* A file without the x bit in a directory makes a search that finds it end with EACCES, so that
 * nothing need be executed. With a user namespace of our own the file is put below a root of our
 * own; else it is put where it belongs, if this user may. */
/* The cells of a sandbox share the directory, so each flavor has a name of its own. */
#define FILE_NAME "plimsoll-default-path-" PROBE_FLAVOR
static const char file_there[] = "/usr/local/bin/" FILE_NAME;

static bool make_own_root(void)
{
    mkdir("usr", 0755);
    mkdir("usr/local", 0755);
    mkdir("usr/local/bin", 0755);
    write_file(file_there + 1, "", 0644);
    return unshare(CLONE_NEWUSER) == 0 && chroot(".") == 0;
}

static bool make_in_place(void)
{
    mkdir("/usr", 0755);
    mkdir("/usr/local", 0755);
    mkdir("/usr/local/bin", 0755);
    int fd = open(file_there, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

CHECK(exec_default_path, .id = "exec.default-path",
      .says = "without PATH, execvp does not look in /usr/local/bin",
      .why = "with an empty environment (env -i, cron, some init systems) programs installed in "
             "/usr/local/bin are found on Alpine and not on Debian",
      .help = "set PATH, or name programs by their whole path",
      .refs = "https://man7.org/linux/man-pages/man3/exec.3.html "
              "https://git.musl-libc.org/cgit/musl/tree/src/process/execvp.c")
{
    char text[64];
    bool in_place = !make_own_root();
    if (in_place && !make_in_place())
        skip("/usr/local/bin cannot be written by this user");
    const char *found = search(NULL, FILE_NAME, text);
    if (in_place)
        unlink(file_there);
    observe("%s", !strcmp(found, "EACCES")   ? "/usr/local/bin is searched"
                  : !strcmp(found, "ENOENT") ? "/usr/local/bin is not searched"
                                             : found);
}

static void link_self(const char *path)
{
    if (symlink(self_path(), path) < 0)
        broken("symlink: %s", errno_name(errno));
}

CHECK(exec_path_search, .id = "exec.path-search",
      .says = "the search goes on after EACCES and ENOTDIR, and an empty element of PATH is the "
              "current directory",
      .why = "an unreadable file early in PATH must not hide the right program",
      .help = "a difference points to the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/exec.html",
      .needs = "binfmt_misc")
{
    char found[64], refused[64], nameless[64];
    need_exec();
    setenv("PLIMSOLL_ROLE", "seven", 1);
    mkdir("refused", 0755);
    write_file("refused/program", "", 0644);
    write_file("file", "", 0644);
    link_self("program");
    const char *end = search("refused:file::/nowhere", "program", found);
    search("refused", "program", refused);
    search("refused", "", nameless);
    observe("all: %s, refused: %s, no name: %s", end, refused, nameless);
}
