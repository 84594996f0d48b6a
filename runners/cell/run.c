/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/run.h"
#include "harness/base/pool.h"
#include "runners/cell/event.h"
#include "runners/cell/fixture.h"
#include "runners/cell/fixture_set.h"
#include "runners/cell/resolv.h"
#include "runners/cell/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINES_MAX = 4096, BYTES_MAX = 4 * 1024 * 1024, READ_SIZE = 64 * 1024 };

struct run {
    struct slot *slot;
    struct server *server;
    struct job job;
    uint64_t started;
    int out, err; /* -1: closed */
    uv_poll_t out_poll, err_poll;
    unsigned handles;
    struct text line; /* what has come of it; not more than EVENT_LINE_MAX */
    bool line_cut, timeout, flood;
    size_t line_count, byte_count, error_length;
    char error_bytes[EVENT_STDERR_MAX];
    struct dns_server *dns;
    struct fixture *fixture;
    struct fixture_set *set; /* NULL: all its checks find the same */
};

static double elapsed(const struct run *r)
{
    return (double)(uv_hrtime() - r->started) / 1e6;
}

/* Until the next line, or its whole time is up. */
static void watch_time(struct run *r)
{
    double left = r->job.limit - elapsed(r) / 1000;
    slot_limit(r->slot, left > r->job.idle ? r->job.idle : left > 0 ? left : 0);
}

/* ---- output ---- */

static void end_line(struct run *r, bool partial)
{
    event_line(&r->server->out, r->job.id, elapsed(r), text_get(&r->line), r->line.length,
               r->line_cut, partial);
    text_clear(&r->line);
    r->line_cut = false;
    r->line_count++;
    if (!partial && !r->flood)
        watch_time(r);
}

static void add_to_line(struct run *r, const char *bytes, size_t length)
{
    size_t room = EVENT_LINE_MAX - r->line.length;
    r->line_cut |= length > room;
    text_add_n(&r->line, bytes, length < room ? length : room);
}

static void flood(struct run *r)
{
    r->flood = true;
    slot_kill(r->slot);
}

static void take_output(struct run *r, const char *bytes, size_t length)
{
    r->byte_count += length;
    for (const char *end = bytes + length; bytes < end && r->line_count < LINES_MAX;) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        add_to_line(r, bytes, (size_t)((newline ? newline : end) - bytes));
        if (newline)
            end_line(r, false);
        bytes = newline ? newline + 1 : end;
    }
    if (!r->flood && (r->line_count >= LINES_MAX || r->byte_count > BYTES_MAX))
        flood(r);
}

static void take_error(struct run *r, const char *bytes, size_t length)
{
    size_t room = EVENT_STDERR_MAX - r->error_length;
    size_t n = length < room ? length : room;
    memcpy(r->error_bytes + r->error_length, bytes, n);
    r->error_length += n;
}

/* One read; false when there is nothing (more) to read for now, or for ever. */
static bool read_output(struct run *r, int *fd)
{
    static char bytes[READ_SIZE];
    if (*fd < 0 || (fd == &r->out && r->flood))
        return false;
    errno = 0; /* at the end of the file read() leaves it as it was */
    ssize_t n = read(*fd, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    if (fd == &r->out)
        take_output(r, bytes, (size_t)n);
    else
        take_error(r, bytes, (size_t)n);
    return true;
}

static void output_readable(uv_poll_t *poll, int status, int events)
{
    (void)events;
    struct run *r = poll->data;
    bool is_out = poll == &r->out_poll;
    /* Readable and nothing there: nobody can write to it any more. */
    if (!read_output(r, is_out ? &r->out : &r->err) && (status < 0 || errno != EAGAIN))
        uv_poll_stop(poll);
}

/* ---- the end ---- */

static void handle_closed(uv_handle_t *handle)
{
    struct run *r = handle->data;
    if (--r->handles > 0)
        return;
    job_done(&r->job);
    text_done(&r->line);
    free(r);
}

static void finish(struct run *r, struct event_end *end)
{
    struct server *server = r->server;
    while (read_output(r, &r->out) || read_output(r, &r->err))
        ;
    if (r->line.length > 0 && !r->flood)
        end_line(r, true);
    end->ms = elapsed(r);
    end->timeout = r->timeout;
    end->flood = r->flood;
    end->stderr_bytes = r->error_bytes;
    end->stderr_length = r->error_length;
    event_end(&server->out, r->job.id, end);
    fixture_close(r->fixture);
    fixture_set_close(r->set);
    dns_server_close(r->dns);
    close(r->out);
    close(r->err);
    uv_close((uv_handle_t *)&r->out_poll, handle_closed);
    uv_close((uv_handle_t *)&r->err_poll, handle_closed);
    r->slot->run = NULL;
    server_job_ended(server);
}

void run_ended(struct run *r, const struct reaper_report *how)
{
    finish(r, &(struct event_end){.status = how->status, .exec_errno = how->exec_errno});
}

void run_lost(struct run *r, const char *why)
{
    bool ours = r->timeout || r->flood;
    if (!ours && !why)
        why = "something killed the job's namespace from outside (out of memory?)";
    finish(r, &(struct event_end){.status = SIGKILL, .error = ours ? NULL : why});
}

void run_time_is_up(struct run *r)
{
    r->timeout = !r->flood;
}

void run_record_arrived(struct run *r)
{
    if (r->fixture)
        fixture_record_arrived(r->fixture);
}

/* ---- the beginning ---- */

static bool prepare_fixtures(struct run *r, struct error *e)
{
    const struct job *j = &r->job;
    const struct dns_place place = {.slot = r->slot->number};
    CLEANUP_TEXT struct text resolv_conf = TEXT_INIT;
    struct resolv_servers named = {0};
    if (j->checks) {
        r->set = fixture_set_new(r->server, place.slot, &r->job);
        return slot_write_files(r->slot, "", "", j->nsswitch, e);
    }
    resolv_expand(j->resolv_conf ? j->resolv_conf : FIXTURE_DEFAULT_RESOLV_CONF, place,
                  &resolv_conf, &named);
    if (!slot_write_files(r->slot, text_get(&resolv_conf),
                          j->hosts ? j->hosts : FIXTURE_DEFAULT_HOSTS, j->nsswitch, e))
        return false;
    r->dns = fixture_servers(r->server, place, j->zone, &named, e);
    return r->dns != NULL;
}

/* Those that are NULL are left out. */
static void keep_set(const char **env, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (env[i])
            env[kept++] = env[i];
    env[kept] = NULL;
}

static bool request_start(struct run *r, const int fds[REAPER_FDS], struct error *e)
{
    const char *mode = r->server->setup->emulator.mode;
    CLEANUP_FREE char *emulation = must_printf("PLIMSOLL_EMULATION=%s", mode);
    const char *env[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/" ROOT_WORK "/home",
        "TMPDIR=/" ROOT_WORK "/tmp",
        "PLIMSOLL_FIXTURE=3",
        r->set ? "PLIMSOLL_FIXTURE_EACH=1" : NULL,
        strcmp(mode, "none") == 0 ? NULL : emulation,
        NULL,
    };
    keep_set(env, sizeof env / sizeof *env - 1);
    const char *const prefix[] = {"/" ROOT_EMULATOR, "-0", r->job.argv[0], NULL};
    CLEANUP_TEXT struct text request = TEXT_INIT;
    reaper_encode(&request, strcmp(mode, "prefix") == 0 ? prefix : NULL, r->job.argv, env,
                  r->job.env);
    return slot_send(r->slot, &request, fds, e);
}

static void watch_output(struct run *r)
{
    fcntl(r->out, F_SETFL, O_NONBLOCK);
    fcntl(r->err, F_SETFL, O_NONBLOCK);
    uv_poll_init(&r->server->loop, &r->out_poll, r->out);
    uv_poll_init(&r->server->loop, &r->err_poll, r->err);
    r->out_poll.data = r->err_poll.data = r;
    r->handles = 2;
    uv_poll_start(&r->out_poll, UV_READABLE, output_readable);
    uv_poll_start(&r->err_poll, UV_READABLE, output_readable);
}

/* The job's ends go to the reaper, ours are watched. */
static bool connect_and_start(struct run *r, struct error *e)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1}, pair[2] = {-1, -1};
    bool fine = (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
                 socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) ||
                error_errno(e, ERROR_RUN, errno, "cannot make pipes");
    fine = fine && request_start(r, (const int[REAPER_FDS]){out[1], err[1], pair[1]}, e);
    const int theirs[] = {out[1], err[1], pair[1]}, ours[] = {out[0], err[0], pair[0]};
    for (int i = 0; i < REAPER_FDS; i++) {
        if (theirs[i] >= 0)
            close(theirs[i]);
        if (ours[i] >= 0 && !fine)
            close(ours[i]);
    }
    if (!fine)
        return false;
    r->out = out[0];
    r->err = err[0];
    const struct fixture_events events = {.take = r->set ? fixture_set_take : NULL, .data = r->set};
    r->fixture = fixture_open(&r->server->loop, pair[0], r->dns, r->slot->sink, &events);
    watch_output(r);
    return true;
}

void run_start(struct slot *slot, struct job *job)
{
    struct error e = ERROR_INIT;
    struct run *r = must_calloc(1, sizeof *r);
    r->slot = slot;
    r->server = slot->server;
    r->started = uv_hrtime();
    r->job = *job;
    *job = (struct job){0};
    if (prepare_fixtures(r, &e) && connect_and_start(r, &e)) {
        slot->run = r;
        slot->state = SLOT_BUSY;
        watch_time(r);
        return;
    }
    event_end(&r->server->out, r->job.id, &(struct event_end){.error = e.message});
    error_clear(&e);
    dns_server_close(r->dns);
    fixture_set_close(r->set);
    job_done(&r->job);
    free(r);
    server_job_ended(slot->server);
}
