/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/server.h"
#include "harness/base/pool.h"
#include "runners/cell/event.h"
#include "runners/cell/job.h"
#include "runners/cell/network.h"
#include "runners/cell/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4 * 1024 * 1024, READ_SIZE = 64 * 1024 };

struct queued {
    struct queued *next;
    struct job job;
};

/* ---- events out ---- */

/* The harness may have made the pipe non-blocking. */
void server_flush(struct server *s)
{
    size_t done = 0;
    while (done < s->out.length) {
        ssize_t n = write(STDOUT_FILENO, s->out.data + done, s->out.length - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno == EAGAIN)
            poll(&(struct pollfd){STDOUT_FILENO, POLLOUT, 0}, 1, -1);
        else if (errno != EINTR)
            _exit(3); /* nobody listens any more: everything in the cell ends with us */
    }
    text_clear(&s->out);
}

static void flush_before_wait(uv_prepare_t *prepare)
{
    server_flush(prepare->data);
}

_Noreturn static void give_up(struct server *s, const char *why)
{
    event_error(&s->out, why);
    server_flush(s);
    _exit(3);
}

/* ---- slots ---- */

static void stop_when_done(struct server *s)
{
    if (s->input_ended && s->running == 0 && !s->first)
        uv_stop(&s->loop);
}

/* An idle slot of that kind, or a new one; NULL with e unset: there is none for now. */
static struct slot *find_slot(struct server *s, const struct job *j, struct error *e)
{
    const struct slot_kind kind = {j->syslog, j->nsswitch != NULL, j->checks != NULL};
    struct slot *other = NULL;
    unsigned unused = 0;
    for (unsigned n = 1; n <= SLOTS_MAX; n++) {
        struct slot *slot = s->slots[n];
        if (!slot) {
            unused = unused ? unused : n;
        } else if (slot->state == SLOT_IDLE) {
            if (slot->kind.syslog == kind.syslog && slot->kind.nsswitch == kind.nsswitch &&
                slot->kind.each == kind.each)
                return slot;
            other = slot;
        }
    }
    if (unused)
        return s->slots[unused] = slot_open(s, unused, kind, e);
    if (other)
        slot_kill(other); /* makes room; server_slot_gone goes on */
    return NULL;
}

static void start_queued(struct server *s)
{
    while (s->first) {
        struct error e = ERROR_INIT;
        struct slot *slot = find_slot(s, &s->first->job, &e);
        if (!slot && !error_is_set(&e))
            return;
        struct queued *q = s->first;
        s->first = q->next;
        if (!s->first)
            s->last = &s->first;
        s->running++;
        if (slot) {
            run_start(slot, &q->job);
        } else {
            event_end(&s->out, q->job.id, &(struct event_end){.error = e.message});
            error_clear(&e);
            job_done(&q->job);
            server_job_ended(s);
        }
        free(q);
    }
}

void server_job_ended(struct server *s)
{
    s->running--;
    stop_when_done(s);
}

void server_slot_idle(struct server *s)
{
    start_queued(s);
}

void server_slot_gone(struct server *s, struct slot *slot)
{
    s->slots[slot->number] = NULL;
    start_queued(s);
}

bool server_ipv6(struct server *s)
{
    struct error e = ERROR_INIT;
    if (!s->ipv6_tried)
        s->ipv6 = network_add_ipv6_prefix(&e);
    error_clear(&e);
    s->ipv6_tried = true;
    return s->ipv6;
}

/* ---- jobs in ---- */

static void take_job(struct server *s, const char *line, size_t length)
{
    struct error e = ERROR_INIT;
    struct job j;
    if (job_parse(&j, line, length, &e)) {
        struct queued *q = must_calloc(1, sizeof *q);
        q->job = j;
        *s->last = q;
        s->last = &q->next;
        start_queued(s);
        return;
    }
    if (!j.known)
        give_up(s, e.message);
    event_end(&s->out, j.id, &(struct event_end){.error = e.message});
    error_clear(&e);
    job_done(&j);
}

static void take_input(struct server *s, const char *bytes, size_t length)
{
    for (const char *end = bytes + length; bytes < end;) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        text_add_n(&s->line, bytes, (size_t)((newline ? newline : end) - bytes));
        if (s->line.length > LINE_MAX_BYTES)
            give_up(s, "a job is longer than 4 MiB");
        if (newline && s->line.length > 0)
            take_job(s, s->line.data, s->line.length);
        if (newline)
            text_clear(&s->line);
        bytes = newline ? newline + 1 : end;
    }
}

static void end_input(struct server *s)
{
    s->input_ended = true;
    if (s->line.length > 0)
        give_up(s, "the input ends in the middle of a job");
    stop_when_done(s);
}

/* False at the end of the input. */
static bool read_input(struct server *s)
{
    static char bytes[READ_SIZE];
    ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
    if (n > 0)
        take_input(s, bytes, (size_t)n);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void input_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct server *s = poll->data;
    if (read_input(s))
        return;
    uv_poll_stop(poll);
    end_input(s);
}

/* Files cannot be waited for: they are read at once. */
static void open_input(struct server *s)
{
    fcntl(STDIN_FILENO, F_SETFD, FD_CLOEXEC);
    if (uv_poll_init(&s->loop, &s->input, STDIN_FILENO) == 0) {
        s->input.data = s;
        uv_poll_start(&s->input, UV_READABLE, input_readable);
        return;
    }
    while (read_input(s))
        ;
    end_input(s);
}

/* One of the usual kind gets ready while the first job is still on its way. When it cannot, the
 * first job will tell why. */
static void prepare_slot(struct server *s)
{
    struct error e = ERROR_INIT;
    s->slots[1] = slot_open(s, 1, (struct slot_kind){SYSLOG_DGRAM, false, false}, &e);
    error_clear(&e);
}

/* They would end with this process in any case; so they do while it is still at it. */
static void end_slots(struct server *s)
{
    for (unsigned n = 1; n <= SLOTS_MAX; n++)
        if (s->slots[n])
            slot_kill(s->slots[n]);
}

/* Every job and fixture takes some; what one job may have is bounded, so that it does not take them
 * from others. */
static void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool server_run(const struct setup *setup, struct error *e)
{
    static struct server s;
    s.setup = setup;
    s.last = &s.first;
    s.slots_directory = openat(setup->root.stage, "slots", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s.slots_directory < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the stage");
    int r = uv_loop_init(&s.loop);
    if (r < 0)
        return error_set(e, ERROR_RUN, "cannot make an event loop: %s", uv_strerror(r));
    signal(SIGPIPE, SIG_IGN);
    allow_descriptors();
    uv_prepare_init(&s.loop, &s.before_wait);
    s.before_wait.data = &s;
    uv_prepare_start(&s.before_wait, flush_before_wait);
    prepare_slot(&s);
    event_ready(&s.out, setup->root.mode == ROOT_OVERLAY ? "overlay" : "synthetic",
                setup->emulator.mode, &setup->notes);
    server_flush(&s);
    open_input(&s);
    uv_run(&s.loop, UV_RUN_DEFAULT);
    server_flush(&s);
    end_slots(&s);
    return true;
}
