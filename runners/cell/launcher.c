/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/launcher.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMESPACES \
    (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | \
     CLONE_NEWCGROUP)

struct launch {
    const struct options *options;
    launcher_main *main;
    int starter; /* pidfd of the process that started us, -1 when there is none to see */
    pid_t child;
    int child_fd;
    int control; /* to the child: its maps are written; from it: its exit code */
};

/* What the child is told, once its ids exist. */
enum { GO_IDENTITY = 'i', GO_SINGLE = 's' };

_Noreturn static void run_child(const struct launch *l, int control)
{
    char go;
    /* Set before the wait: a launcher that dies now closes the socket, one that dies later kills.
     */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (read(control, &go, 1) != 1)
        _exit(3);
    struct id_map ids;
    struct error e = ERROR_INIT;
    if (go == GO_SINGLE)
        id_map_single(&ids, &l->options->identity, l->options->identity.uid,
                      l->options->identity.gid);
    else if (!id_map_identity(&ids, &l->options->identity, &e))
        _exit(3);
    unsigned char exit_code = (unsigned char)l->main(l->options, &ids);
    send(control, &exit_code, 1, MSG_NOSIGNAL);
    _exit(exit_code);
}

static bool start_child(struct launch *l, struct error *e)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a socket pair");
    struct clone_args args = {.flags = NAMESPACES | CLONE_PIDFD,
                              .pidfd = (uintptr_t)&l->child_fd,
                              .exit_signal = SIGCHLD};
    l->child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (l->child == 0) {
        close(pair[0]);
        run_child(l, pair[1]);
    }
    int errnum = errno;
    close(pair[1]);
    l->control = pair[0];
    return l->child > 0 ||
           error_errno(e, ERROR_RUN, errnum,
                       "cannot make namespaces: user namespaces must be allowed here (see "
                       "user.max_user_namespaces, and kernel.apparmor_restrict_unprivileged_userns "
                       "on Ubuntu)");
}

static bool write_map(struct launch *l, int proc, bool single, struct error *e)
{
    struct id_map map = {0};
    bool fine = true;
    if (single)
        id_map_single(&map, &l->options->identity, geteuid(), getegid());
    else
        fine = id_map_identity(&map, &l->options->identity, e);
    fine = fine && id_map_write(&map, proc, l->child, e);
    id_map_done(&map);
    return fine;
}

/* Root maps everybody, so that owners are the image's; where it may not, and for everyone else,
 * the one user of the probes is the caller. */
static bool let_child_go(struct launch *l, struct error *e)
{
    CLEANUP_CLOSE int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct error ignored = ERROR_INIT;
    bool whole = geteuid() == 0 && write_map(l, proc, false, &ignored);
    error_clear(&ignored);
    if (!whole && !write_map(l, proc, true, e))
        return error_context(e, "cannot map users");
    char go = whole ? GO_IDENTITY : GO_SINGLE;
    return send(l->control, &go, 1, MSG_NOSIGNAL) == 1 ||
           error_errno(e, ERROR_RUN, errno, "cannot start the cell");
}

/* The child is the first process of its namespace: with it, everything in it ends. A child that has
 * told its exit code has nothing left to run but its own exit, in which the kernel takes the mounts
 * down: that takes as long as the rest, and is not waited for. */
static int wait_for_end(struct launch *l)
{
    struct pollfd fds[] = {
        {l->control, POLLIN, 0}, {l->child_fd, POLLIN, 0}, {l->starter, POLLIN, 0}};
    unsigned char exit_code;
    while (poll(fds, 3, -1) < 0 && errno == EINTR)
        ;
    if (recv(l->control, &exit_code, 1, MSG_DONTWAIT) == 1)
        return exit_code;
    if (fds[2].revents)
        kill(l->child, SIGKILL);
    int status;
    if (waitpid(l->child, &status, 0) < 0)
        return 3;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

static int open_starter(void)
{
    pid_t parent = getppid(); /* 0: it lives in a namespace that we cannot see */
    return parent > 0 ? (int)syscall(SYS_pidfd_open, parent, 0) : -1;
}

bool launcher_run(const struct options *o, launcher_main *cell_main, int *ret_exit_code,
                  struct error *e)
{
    struct launch l = {.options = o, .main = cell_main, .starter = open_starter()};
    if (!start_child(&l, e))
        return false;
    if (!let_child_go(&l, e)) {
        kill(l.child, SIGKILL);
        wait_for_end(&l);
        return false;
    }
    *ret_exit_code = wait_for_end(&l);
    return true;
}
