/* SPDX-License-Identifier: Apache-2.0 */
/* What posix_spawn and wait report. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *spawn(const char *path, const posix_spawn_file_actions_t *actions)
{
    pid_t pid = 0;
    int status = 0;
    char *argv[] = {(char *)path, NULL}, *envp[] = {NULL};
    int error = posix_spawn(&pid, path, actions, NULL, argv, envp);
    if (error)
        return errno_name(error);
    waitpid(pid, &status, 0);
    return end_name(status);
}

CHECK(exec_spawn_report, .id = "exec.spawn-report",
      .says = "posix_spawn itself reports that the program or a file of its actions is missing",
      .why = "under qemu-user glibc's report is lost: the call succeeds and the child exits with "
             "127, so that language runtimes miss the error",
      .help = "under emulation look at the child's exit status 127 as well",
      .refs = "https://github.com/python/cpython/issues/131398 "
              "https://github.com/rust-lang/rust/issues/90825")
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 5, "/nowhere/file", O_RDONLY, 0);
    const char *program = spawn("/nowhere/program", NULL);
    observe("program: %s, action: %s", program, spawn(self_path(), &actions));
}

static const char *wait_for_signal(int signum)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        raise(signum);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return "no child";
    return end_name(status);
}

CHECK(exec_wait_signal, .id = "exec.wait-signal",
      .says = "a parent learns which signal ended its child",
      .why = "supervisors decide by it whether to start again; an emulator has to pass it on",
      .help = "a difference points to the emulator",
      .refs = "https://man7.org/linux/man-pages/man2/wait.2.html")
{
    const char *segv = wait_for_signal(SIGSEGV), *abrt = wait_for_signal(SIGABRT);
    observe("%s %s %s", segv, abrt, wait_for_signal(SIGTERM));
}

CHECK(exec_fexecve_badfd, .id = "exec.fexecve-badfd", .says = "fexecve(-1) fails with EINVAL",
      .why = "glibc checks its arguments, musl passes them on (EBADF)", .help = "accept both",
      .refs = "https://man7.org/linux/man-pages/man3/fexecve.3.html")
{
    char *argv[] = {"none", NULL}, *envp[] = {NULL};
    fexecve(-1, argv, envp);
    observe("%s", errno_name(errno));
}
