/* SPDX-License-Identifier: Apache-2.0 */
/* The order of things: which sandbox is opened when, which job starts when. Busy jobs are few (the
 * CPUs); jobs that wait for a resolver's timeout are many, so that a run takes as long as its
 * slowest check and not as long as their sum. */
#include "runners/runner.h"
#include "runners/sandbox.h"

#include <signal.h>
#include <stdlib.h>
#include <uv.h>

/* How many waiting jobs there may be: each is a process with a child for every check, of which an
 * emulated one takes 1 or 2 MiB; and how many sandboxes with jobs to start. */
enum { WAITING_MAX = 16, AT_WORK_MAX = 4 };

struct schedule {
    uv_loop_t loop;
    uv_signal_t signals[2];
    const struct runner_options *options;
    struct sandbox_run **boxes; /* NULL: not opened yet, or over */
    size_t box_count, next_box, boxes_over;
    size_t jobs_done, jobs;
    unsigned busy, waiting, opening;
    int interrupted;
};

static unsigned free_slots(const struct schedule *s)
{
    unsigned taken = s->busy + s->opening;
    return taken < s->options->busy ? s->options->busy - taken : 0;
}

static bool start_job(struct schedule *s, enum job_choice choice)
{
    for (size_t i = 0; i < s->next_box; i++)
        if (s->boxes[i] && sandbox_run_start_job(s->boxes[i], choice))
            return true;
    return false;
}

static bool start_some_job(struct schedule *s)
{
    if (s->waiting >= WAITING_MAX)
        return start_job(s, JOBS_THAT_DO_NOT_WAIT);
    return start_job(s, JOBS_THAT_PRESS) || start_job(s, JOBS_OF_ANY_KIND);
}

/* Some are opened ahead, for what waits in them to do so while others are busy. */
static bool should_open(const struct schedule *s)
{
    unsigned at_work = 0;
    for (size_t i = 0; i < s->next_box; i++)
        at_work += s->boxes[i] && sandbox_run_has_work(s->boxes[i]);
    return s->next_box < s->box_count && at_work < AT_WORK_MAX;
}

static void advance(struct schedule *s)
{
    while (!s->interrupted && free_slots(s) > 0) {
        if (should_open(s)) {
            s->opening++;
            sandbox_run_open(s->boxes[s->next_box++]);
        } else if (start_some_job(s)) {
            s->busy++;
        } else {
            return;
        }
    }
}

/* ---- what the sandboxes tell ---- */

static void when_opened(void *data)
{
    struct schedule *s = data;
    s->opening--;
    advance(s);
}

static void when_waiting(void *data)
{
    struct schedule *s = data;
    s->busy--;
    s->waiting++;
    advance(s);
}

static void when_job_done(bool waited, void *data)
{
    struct schedule *s = data;
    if (waited)
        s->waiting--;
    else
        s->busy--;
    s->jobs_done++;
    if (s->options->events.progress)
        s->options->events.progress(s->jobs_done, s->jobs, s->options->events.data);
    advance(s);
}

static void when_over(size_t index, void *data)
{
    struct schedule *s = data;
    s->boxes[index] = NULL;
    s->boxes_over++;
    if (s->options->events.sandbox_done)
        s->options->events.sandbox_done(index, s->options->events.data);
    if (s->boxes_over == s->next_box && (s->interrupted || s->next_box == s->box_count))
        for (size_t i = 0; i < 2; i++)
            uv_close((uv_handle_t *)&s->signals[i], NULL);
    else
        advance(s);
}

static void when_signalled(uv_signal_t *handle, int signal)
{
    struct schedule *s = handle->data;
    s->interrupted = signal;
    for (size_t i = 0; i < s->next_box; i++)
        if (s->boxes[i])
            sandbox_run_interrupt(s->boxes[i]);
}

static void watch_signals(struct schedule *s)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(&s->loop, &s->signals[i]);
        s->signals[i].data = s;
        uv_signal_start(&s->signals[i], when_signalled, numbers[i]);
    }
}

static void make_boxes(struct schedule *s, const struct plan *plan, struct run *run,
                       struct sandbox_record *records)
{
    const struct sandbox_run_events events = {s, when_opened, when_waiting, when_job_done,
                                              when_over};
    s->box_count = plan->sandbox_count;
    s->boxes = must_calloc(s->box_count, sizeof *s->boxes);
    for (size_t i = 0; i < s->box_count; i++) {
        s->jobs += plan->sandboxes[i].job_count;
        s->boxes[i] = sandbox_run_new(&s->loop, i, &plan->sandboxes[i], run, s->options,
                                      &records[i], &events);
    }
}

bool runner_run(const struct plan *plan, struct run *run, const struct runner_options *options,
                struct sandbox_record *records, int *ret_signal, struct error *e)
{
    struct schedule s = {.options = options};
    int failed = uv_loop_init(&s.loop);
    if (failed)
        return error_set(e, ERROR_RUN, "cannot make an event loop: %s", uv_strerror(failed));
    make_boxes(&s, plan, run, records);
    if (s.box_count > 0) {
        watch_signals(&s);
        advance(&s);
        uv_run(&s.loop, UV_RUN_DEFAULT);
    }
    for (size_t i = s.next_box; i < s.box_count; i++)
        sandbox_run_free(s.boxes[i]); /* never opened: interrupted before */
    free(s.boxes);
    uv_loop_close(&s.loop);
    *ret_signal = s.interrupted;
    return true;
}
