/* SPDX-License-Identifier: Apache-2.0 */
/* Executable files that the kernel does not take for a program. */
#include "probe.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void try_execvp(int out, void *data)
{
    char *argv[] = {data, NULL};
    execvp(data, argv);
    dprintf(out, "%s", errno_name(errno));
}

CHECK(exec_enoexec_execvp, .id = "exec.enoexec.execvp",
      .says = "execvp runs a script without #! through /bin/sh",
      .why = "glibc does, musl does not: scripts that lack their first line work on Debian and end "
             "with \"Exec format error\" on Alpine",
      .help = "give every script its #! line",
      .refs = "https://github.com/gliderlabs/docker-alpine/issues/404 "
              "https://github.com/opencontainers/runc/issues/1773",
      .needs = "/bin/sh")
{
    need_exec();
    char text[64];
    write_file("script", "exit 7\n", 0755);
    const char *end = in_child(try_execvp, "./script", text, sizeof text);
    observe("%s", text[0] ? text : end);
}

CHECK(exec_enoexec_posix_spawnp, .id = "exec.enoexec.posix_spawnp",
      .says = "posix_spawnp does not run a script without #! through a shell",
      .why = "popen, system and language runtimes spawn this way; under an old qemu-user a glibc "
             "program is not told that its child could not be executed",
      .help = "give every script its #! line; check the child's exit status 127 as well",
      .refs = "https://sourceware.org/bugzilla/show_bug.cgi?id=23264", .needs = "/bin/sh")
{
    need_exec();
    pid_t pid = 0;
    int status = 0;
    char *argv[] = {"script", NULL};
    write_file("script", "exit 7\n", 0755);
    int error = posix_spawnp(&pid, "./script", NULL, NULL, argv, environ);
    if (error) {
        observe("%s", errno_name(error));
        return;
    }
    waitpid(pid, &status, 0);
    observe("started, %s", end_name(status));
}

static const char *exec_file(const char *path)
{
    char *argv[] = {(char *)path, NULL}, *envp[] = {NULL};
    return exec_in_child(path, argv, envp, NULL, 0);
}

CHECK(exec_errors, .id = "exec.errors",
      .says = "execve of an empty file, a directory, a file without the x bit and of no file fails "
              "with ENOEXEC, EACCES, EACCES and ENOENT",
      .why = "shells choose their message and exit code (126 or 127) by these",
      .help = "a difference points to the kernel, the emulator or a security module",
      .refs = "https://man7.org/linux/man-pages/man2/execve.2.html")
{
    write_file("empty", "", 0755);
    write_file("plain", "#!/bin/sh\n", 0644);
    const char *empty = exec_file("./empty");
    const char *directory = exec_file(".");
    const char *plain = exec_file("./plain");
    observe("%s %s %s %s", empty, directory, plain, exec_file("./none"));
}
