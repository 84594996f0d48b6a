/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/slot.h"
#include "harness/base/pool.h"
#include "runners/cell/descriptors.h"
#include "runners/cell/fixture.h"
#include "runners/cell/run.h"
#include "runners/cell/server.h"
#include "runners/cell/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLEANING_LIMIT 10.0
#define DIGITS_OF(x) #x
#define TEXT_OF(x) DIGITS_OF(x)

/* ---- its files ---- */

static bool write_fixture(int directory, const char *name, const char *text, char **known,
                          struct error *e)
{
    if (*known && strcmp(*known, text) == 0)
        return true;
    CLEANUP_CLOSE int fd = openat(directory, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
    size_t n = strlen(text);
    free(*known);
    *known = NULL;
    if (fd < 0 || write(fd, text, n) != (ssize_t)n)
        return error_errno(e, ERROR_RUN, errno, "cannot write the job's %s", name);
    *known = must_strdup(text);
    return true;
}

bool slot_write_files(struct slot *s, const char *resolv_conf, const char *hosts,
                      const char *nsswitch, struct error *e)
{
    return (s->kind.each ||
            (write_fixture(s->directory, "resolv.conf", resolv_conf, &s->resolv_conf, e) &&
             write_fixture(s->directory, "hosts", hosts, &s->hosts, e))) &&
           (!nsswitch ||
            write_fixture(s->directory, "nsswitch.conf", nsswitch, &s->nsswitch_conf, e));
}

static bool link_fixtures(struct slot *s, struct error *e)
{
    return (symlinkat("/proc/self/fd/" TEXT_OF(FIXTURE_RESOLV_CONF), s->directory, "resolv.conf") ==
                0 &&
            symlinkat("/proc/self/fd/" TEXT_OF(FIXTURE_HOSTS), s->directory, "hosts") == 0) ||
           error_errno(e, ERROR_RUN, errno, "cannot make the links of a job slot");
}

static bool open_directory(struct slot *s, struct error *e)
{
    const struct identity *i = &s->server->setup->options->identity;
    int slots = s->server->slots_directory;
    snprintf(s->name, sizeof s->name, "%u", s->server->serial++);
    if (mkdirat(slots, s->name, 0755) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a job slot");
    s->directory = openat(slots, s->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->directory < 0 || mkdirat(s->directory, "work", 0755) < 0 ||
        fchownat(s->directory, "work", i->uid, i->gid, 0) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a job slot");
    /* They must be there to be bound; the job that it is opened for writes them. */
    return (!s->kind.each || link_fixtures(s, e)) &&
           slot_write_files(s, "", "", s->kind.nsswitch ? "" : NULL, e);
}

/* In a process of its own: what a killed job has left may take a while. It must not hold on to
 * other jobs' sockets and pipes meanwhile. */
static void sweep(int slots, const char *name)
{
    if (fork() != 0)
        return;
    dup2(slots, STDIN_FILENO);
    close_range(STDIN_FILENO + 1, ~0U, 0);
    _exit(sweep_directory(STDIN_FILENO, name) ? 0 : 1);
}

/* ---- its end ---- */

static void handle_closed(uv_handle_t *handle)
{
    struct slot *s = handle->data;
    if (--s->handles > 0)
        return;
    free(s->resolv_conf);
    free(s->hosts);
    free(s->nsswitch_conf);
    free(s);
}

static void close_handles(struct slot *s)
{
    uv_close((uv_handle_t *)&s->control_poll, handle_closed);
    uv_close((uv_handle_t *)&s->reaper_poll, handle_closed);
    uv_close((uv_handle_t *)&s->limit, handle_closed);
    syslog_close(s->sink);
    s->sink = NULL;
    close(s->control);
    close(s->reaper_fd);
    close(s->directory);
}

/* By now all processes of the slot are gone. */
static void reaper_ended(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct slot *s = poll->data;
    struct server *server = s->server;
    s->state = SLOT_DYING;
    if (s->run) {
        struct reaper_report last = {.kind = REAPER_CLEAN};
        bool told = recv(s->control, &last, sizeof last, MSG_DONTWAIT) == (ssize_t)sizeof last &&
                    last.kind == REAPER_FAILED;
        run_lost(s->run, told ? last.why : NULL);
    }
    while (waitpid(-1, NULL, WNOHANG) > 0) /* and sweepers */
        ;
    sweep(server->slots_directory, s->name);
    close_handles(s);
    server_slot_gone(server, s);
}

void slot_kill(struct slot *s)
{
    s->state = SLOT_DYING;
    uv_timer_stop(&s->limit);
    kill(s->reaper, SIGKILL);
}

static void time_is_up(uv_timer_t *timer)
{
    struct slot *s = timer->data;
    if (s->run)
        run_time_is_up(s->run);
    slot_kill(s);
}

void slot_limit(struct slot *s, double seconds)
{
    uv_update_time(&s->server->loop);
    uv_timer_start(&s->limit, time_is_up, (uint64_t)(seconds * 1000), 0);
}

/* ---- its reports ---- */

static void become_idle(struct slot *s)
{
    uv_timer_stop(&s->limit);
    if (s->sink)
        syslog_reset(s->sink);
    s->state = SLOT_IDLE;
    server_slot_idle(s->server);
}

static void read_report(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct slot *s = poll->data;
    struct reaper_report r;
    ssize_t n = recv(s->control, &r, sizeof r, MSG_DONTWAIT);
    if (n != (ssize_t)sizeof r) {
        if (n >= 0 || (errno != EAGAIN && errno != EINTR))
            uv_poll_stop(poll); /* it has ended; the pidfd will tell */
        return;
    }
    if (r.kind == REAPER_FAILED && s->run)
        run_lost(s->run, r.why);
    if (r.kind == REAPER_FAILED || s->state == SLOT_DYING) {
        slot_kill(s);
        return;
    }
    if (r.kind == REAPER_ENDED && s->run) {
        s->state = SLOT_CLEANING;
        slot_limit(s, CLEANING_LIMIT);
        run_ended(s->run, &r);
    }
    if (r.kind == REAPER_CLEAN || r.clean)
        become_idle(s);
}

static void record_arrived(void *data)
{
    struct slot *s = data;
    if (s->run)
        run_record_arrived(s->run);
}

bool slot_send(struct slot *s, const struct text *request, const int fds[REAPER_FDS],
               struct error *e)
{
    return descriptors_send(s->control, request->data, request->length, fds, REAPER_FDS, 0) ||
           error_errno(e, ERROR_RUN, errno, "cannot hand over argv and env (%zu bytes)",
                       request->length);
}

/* ---- its beginning ---- */

static bool start_reaper(struct slot *s, struct error *e)
{
    const struct setup *setup = s->server->setup;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a socket pair");
    bool namespaced = setup->proc >= 0;
    struct clone_args args = {.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_PIDFD |
                                       (namespaced ? CLONE_NEWUSER : 0),
                              .pidfd = (uintptr_t)&s->reaper_fd,
                              .exit_signal = SIGCHLD};
    s->reaper = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (s->reaper == 0) {
        struct reaper r = {.setup = setup, .control = pair[1], .kind = s->kind};
        memcpy(r.slot, s->name, sizeof r.slot);
        reaper_main(&r);
    }
    int errnum = errno;
    close(pair[1]);
    s->control = pair[0];
    if (s->reaper < 0)
        return error_errno(e, ERROR_RUN, errnum, "cannot make the namespaces of a job slot");
    if (namespaced && !id_map_write(&setup->ids, setup->proc, s->reaper, e))
        return false;
    return send(s->control, "", 1, MSG_NOSIGNAL) == 1 ||
           error_errno(e, ERROR_RUN, errno, "cannot start a job slot");
}

static void start_polling(struct slot *s)
{
    uv_loop_t *loop = &s->server->loop;
    uv_poll_init(loop, &s->control_poll, s->control);
    uv_poll_init(loop, &s->reaper_poll, s->reaper_fd);
    uv_timer_init(loop, &s->limit);
    s->control_poll.data = s->reaper_poll.data = s->limit.data = s;
    s->handles = 3;
    uv_poll_start(&s->control_poll, UV_READABLE, read_report);
    uv_poll_start(&s->reaper_poll, UV_READABLE, reaper_ended);
}

/* One that never came to stand. */
static void discard(struct slot *s)
{
    syslog_close(s->sink);
    if (s->reaper > 0) {
        kill(s->reaper, SIGKILL);
        waitpid(s->reaper, NULL, 0);
    }
    const int fds[] = {s->directory, s->control, s->reaper_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(s->resolv_conf);
    free(s->hosts);
    free(s->nsswitch_conf);
    free(s);
}

struct slot *slot_open(struct server *server, unsigned number, struct slot_kind kind,
                       struct error *e)
{
    struct slot *s = must_calloc(1, sizeof *s);
    *s = (struct slot){.server = server,
                       .number = number,
                       .kind = kind,
                       .directory = -1,
                       .control = -1,
                       .reaper_fd = -1};
    bool fine = open_directory(s, e);
    if (fine && kind.syslog != SYSLOG_NONE) {
        s->sink = syslog_open(&server->loop, kind.syslog, s->directory, record_arrived, s, e);
        fine = s->sink != NULL;
    }
    if (!fine || !start_reaper(s, e)) {
        discard(s);
        return NULL;
    }
    start_polling(s);
    return s;
}
