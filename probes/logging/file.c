/* SPDX-License-Identifier: Apache-2.0 */
/* Log files and what stands for them in a container. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opens the descriptor anew through /proc, as a program does that logs to /dev/stdout. */
static const char *reopen(int fd)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_WRONLY | O_CLOEXEC);
    int error = errno;
    if (again < 0)
        return errno_name(error);
    close(again);
    return "ok";
}

CHECK(logging_proc_fd_reopen, .id = "logging.proc-fd-reopen",
      .says = "/proc/self/fd/N of a pipe can be opened again, of a socket it cannot",
      .why = "programs that log to /dev/stdout fail with ENXIO where stdout is a socket (systemd, "
             "some runners)",
      .help = "let the program write to its descriptor instead of opening /dev/stdout",
      .refs = "https://github.com/moby/moby/issues/31243", .needs = "/proc")
{
    int tube[2], pair[2];
    if (pipe(tube) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        broken("no pipe or socket: %s", errno_name(errno));
    const char *of_pipe = reopen(tube[1]);
    observe("pipe: %s, socket: %s", of_pipe, reopen(pair[1]));
}

CHECK(logging_proc_fd_offset, .id = "logging.proc-fd-offset",
      .says = "a file opened again through /proc/self/fd starts at offset 0",
      .why = "a program that logs to /dev/stdout overwrites what was logged before, unless it "
             "appends",
      .help = "redirect with >>, or open with O_APPEND",
      .refs = "https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html", .needs = "/proc")
{
    char path[32], text[16] = "";
    int fd = open("log", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || write(fd, "abcdef", 6) != 6)
        broken("cannot write a file: %s", errno_name(errno));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_WRONLY);
    if (again < 0 || write(again, "XY", 2) != 2)
        broken("cannot write it again: %s", errno_name(errno));
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    observe("%.*s", (int)n, text);
}

static void write_to_dev_stdout(void *data)
{
    (void)data;
    int tube[2], error;
    char c = 0;
    if (pipe(tube) < 0)
        _exit(1);
    dup2(tube[1], STDOUT_FILENO);
    int fd = open("/dev/stdout", O_WRONLY);
    error = errno;
    if (fd < 0)
        dprintf(STDERR_FILENO, "%s", errno_name(error));
    else if (write(fd, "x", 1) == 1 && read(tube[0], &c, 1) == 1 && c == 'x')
        dprintf(STDERR_FILENO, "ok");
    _exit(0);
}

CHECK(logging_dev_stdout, .id = "logging.dev-stdout",
      .says = "what is written to /dev/stdout comes out",
      .why = "images link their log files to it (nginx); the runner has to make it",
      .help = "use a runner that fills /dev, or link to /proc/self/fd/1",
      .refs = "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md",
      .needs = "/dev/stdout, /proc")
{
    char text[64];
    in_child_writes(2, write_to_dev_stdout, NULL, NULL, 0, text, sizeof text);
    observe("%s", text[0] ? text : "nothing comes out");
}

CHECK(logging_full, .id = "logging.full",
      .says = "on a full device printf succeeds and flushing fails with ENOSPC",
      .why = "a program that does not check fflush or fclose loses its log without noticing",
      .help = "check the result of fflush or fclose",
      .refs = "https://man7.org/linux/man-pages/man4/full.4.html", .needs = "/dev/full")
{
    FILE *f = fopen("/dev/full", "w");
    if (!f)
        broken("/dev/full: %s", errno_name(errno));
    int printed = fprintf(f, "x");
    errno = 0;
    int flushed = fflush(f);
    int error = errno;
    observe("printf %d, fflush %d %s, ferror %s", printed, flushed, errno_name(error),
            ferror(f) ? "set" : "clear");
    fclose(f);
}

static void write_to_nobody(int out, void *data)
{
    int tube[2];
    if (pipe(tube) < 0)
        return;
    close(tube[0]);
    if (data)
        signal(SIGPIPE, SIG_IGN);
    FILE *f = fdopen(tube[1], "w");
    if (!f)
        return;
    fprintf(f, "x");
    int flushed = fflush(f);
    int error = errno;
    dprintf(out, "fflush %d %s", flushed, errno_name(error));
    fclose(f);
}

CHECK(logging_sigpipe, .id = "logging.sigpipe",
      .says = "writing to a closed pipe kills the program, or fails with EPIPE when the signal is "
              "ignored",
      .why = "a program dies when the collector behind its stdout goes away",
      .help = "ignore SIGPIPE in servers, and check writes",
      .refs = "https://man7.org/linux/man-pages/man7/pipe.7.html")
{
    char text[64];
    const char *killed = in_child(write_to_nobody, NULL, NULL, 0);
    in_child(write_to_nobody, text, text, sizeof text);
    observe("%s; ignored: %s", killed, text);
}
