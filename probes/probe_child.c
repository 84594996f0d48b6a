/* SPDX-License-Identifier: Apache-2.0 */
/* Children with a limit, and what they write. A child's end wakes ppoll() up: SIGCHLD is blocked
 * but while it waits. (Neither pidfds, which old kernels and emulators lack, nor the end of the
 * file, which a grandchild can hold back, would do.) */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

double child_limit = 2;

struct signal_state {
    struct sigaction action;
    sigset_t mask;
};
_Static_assert(sizeof(struct signal_state) <= sizeof(struct watch), "struct watch is too small");

static void wake(int signum)
{
    (void)signum;
}

void watch_children(struct watch *ret_watch)
{
    struct signal_state old = {0};
    struct sigaction action = {.sa_handler = wake};
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    sigprocmask(SIG_BLOCK, &block, &old.mask);
    sigaction(SIGCHLD, &action, &old.action);
    memcpy(ret_watch->saved, &old, sizeof old);
}

void unwatch_children(const struct watch *w)
{
    struct signal_state old;
    memcpy(&old, w->saved, sizeof old);
    sigaction(SIGCHLD, &old.action, NULL);
    sigprocmask(SIG_SETMASK, &old.mask, NULL);
}

static bool has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* Empties the descriptor; false: nothing will come any more. */
static bool drain(int fd, int which,
                  void (*take)(int which, const char *bytes, size_t size, void *data), void *data)
{
    static char bytes[65536];
    for (;;) {
        ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && errno == ENOTSOCK)
            n = read(fd, bytes, sizeof bytes);
        if (n <= 0)
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        take(which, bytes, (size_t)n, data);
    }
}

bool await_child(pid_t pid, bool group, const int *fds, int count,
                 void (*take)(int which, const char *bytes, size_t size, void *data), void *data,
                 double seconds, int *ret_status)
{
    struct pollfd polls[2] = {{-1, POLLIN, 0}, {-1, POLLIN, 0}};
    for (int i = 0; i < count; i++)
        polls[i].fd = fds[i];
    sigset_t waiting;
    sigprocmask(SIG_SETMASK, NULL, &waiting);
    sigdelset(&waiting, SIGCHLD);
    double end = now_seconds() + seconds, left;
    while (!has_ended(pid) && (left = end - now_seconds()) > 0) {
        struct timespec timeout = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        if (ppoll(polls, 2, &timeout, &waiting) <= 0)
            continue;
        for (int i = 0; i < 2; i++)
            if (polls[i].revents && !drain(polls[i].fd, i, take, data))
                polls[i].fd = -1;
    }
    bool ended = has_ended(pid);
    if (group)
        kill(-pid, SIGKILL);
    if (!ended)
        kill(pid, SIGKILL);
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
    for (int i = 0; i < count; i++)
        if (polls[i].fd >= 0)
            drain(polls[i].fd, i, take, data);
    return ended;
}

static void reap_group(pid_t pid, int *ret_status)
{
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
}

size_t await_any(const pid_t *pids, const double *ends, size_t count, bool *ret_ended,
                 int *ret_status)
{
    sigset_t waiting;
    sigprocmask(SIG_SETMASK, NULL, &waiting);
    sigdelset(&waiting, SIGCHLD);
    for (;;) {
        double now = now_seconds(), left = 60;
        for (size_t i = 0; i < count; i++) {
            *ret_ended = has_ended(pids[i]);
            if (*ret_ended || ends[i] <= now) {
                reap_group(pids[i], ret_status);
                return i;
            }
            left = ends[i] - now < left ? ends[i] - now : left;
        }
        struct timespec timeout = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        ppoll(NULL, 0, &timeout, &waiting);
    }
}

const char *end_name(int status)
{
    if (WIFSIGNALED(status))
        return signal_name(WTERMSIG(status));
    char *name = name_buffer();
    text_join(name, NAME_SIZE, "exit ", number_text((unsigned long)WEXITSTATUS(status)));
    return name;
}

/* Where what the child writes is gathered. */
struct gathered {
    int which; /* only of this descriptor; -1: of any */
    char *sizes, *text;
    size_t sizes_size, sizes_used, text_size, text_used;
};

static void gather(int which, const char *bytes, size_t size, void *data)
{
    struct gathered *g = data;
    static const char last_words[] = "qemu: uncaught target signal";
    if (g->which >= 0 && which + 1 != g->which)
        return;
    if (size >= sizeof last_words - 1 && !memcmp(bytes, last_words, sizeof last_words - 1))
        return;
    if (g->sizes && g->sizes_used + 24 < g->sizes_size) {
        text_join(g->sizes + g->sizes_used, g->sizes_size - g->sizes_used, "[", number_text(size),
                  "]");
        g->sizes_used += strlen(g->sizes + g->sizes_used);
    }
    if (!g->text || g->text_size == 0)
        return;
    size_t room = g->text_size - 1 - g->text_used, n = size < room ? size : room;
    memcpy(g->text + g->text_used, bytes, n);
    g->text_used += n;
    g->text[g->text_used] = '\0';
}

static const char *reap(pid_t pid, const struct watch *w, const int *fds, int count,
                        struct gathered *g)
{
    int status = 0;
    bool ended = await_child(pid, false, fds, count, gather, g, child_limit, &status);
    for (int i = 0; i < count; i++)
        close(fds[i]);
    unwatch_children(w);
    return ended ? end_name(status) : "timeout";
}

const char *in_child(void (*f)(int out, void *data), void *data, char *text, size_t size)
{
    struct watch w;
    int ends[2];
    if (text && size)
        text[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) < 0)
        broken("pipe: %s", errno_name(errno));
    watch_children(&w);
    pid_t pid = fork();
    if (pid == 0) {
        unwatch_children(&w);
        close(ends[0]);
        f(ends[1], data);
        _exit(0);
    }
    if (pid < 0)
        broken("fork: %s", errno_name(errno));
    close(ends[1]);
    ioctl(ends[0], FIONBIO, &(int){1});
    struct gathered g = {.which = -1, .text = text, .text_size = size};
    return reap(pid, &w, ends, 1, &g);
}

const char *in_child_writes(int which, void (*f)(void *data), void *data, char *sizes,
                            size_t sizes_size, char *text, size_t text_size)
{
    struct watch w;
    int out[2], err[2];
    if (sizes && sizes_size)
        sizes[0] = '\0';
    if (text && text_size)
        text[0] = '\0';
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) < 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, err) < 0)
        broken("socketpair: %s", errno_name(errno));
    watch_children(&w);
    pid_t pid = fork();
    if (pid == 0) {
        unwatch_children(&w);
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        f(data);
        _exit(0);
    }
    if (pid < 0)
        broken("fork: %s", errno_name(errno));
    close(out[1]);
    close(err[1]);
    struct gathered g = {which, sizes, text, sizes_size, 0, text_size, 0};
    return reap(pid, &w, (int[]){out[0], err[0]}, 2, &g);
}
