/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/sandbox.h"
#include "runners/cell_process.h"
#include "runners/job_line.h"
#include "runners/probe_line.h"
#include "runners/start.h"

#include <stdlib.h>
#include <string.h>

enum job_state { JOB_READY, JOB_BUSY, JOB_WAITING, JOB_DONE };

struct job_run {
    const struct job *job;
    enum job_state state;
    struct probe_stream *stream; /* from the start on */
    double last_ms;              /* when its last line came */
};

struct sandbox_run {
    size_t index;
    const struct sandbox *sandbox;
    struct run *run;
    const struct runner_options *options;
    struct sandbox_record *record;
    struct sandbox_run_events events;
    uv_loop_t *loop;
    struct cell_process *process; /* NULL: not started, or gone */
    struct job_run *jobs;
    size_t jobs_left;
    bool *started; /* by cell of the run: its exec.start said hello */
    bool ready, opened_told, interrupted;
};

struct sandbox_run *sandbox_run_new(uv_loop_t *loop, size_t index, const struct sandbox *sandbox,
                                    struct run *run, const struct runner_options *options,
                                    struct sandbox_record *record,
                                    const struct sandbox_run_events *events)
{
    struct sandbox_run *s = must_calloc(1, sizeof *s);
    *s = (struct sandbox_run){.index = index,
                              .sandbox = sandbox,
                              .run = run,
                              .options = options,
                              .record = record,
                              .events = *events,
                              .loop = loop,
                              .jobs_left = sandbox->job_count};
    s->jobs = must_calloc(sandbox->job_count, sizeof *s->jobs);
    for (size_t i = 0; i < sandbox->job_count; i++)
        s->jobs[i].job = &sandbox->jobs[i];
    s->started = must_calloc(run->cell_count, sizeof *s->started);
    return s;
}

void sandbox_run_free(struct sandbox_run *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->sandbox->job_count; i++)
        probe_stream_free(s->jobs[i].stream);
    free(s->jobs);
    free(s->started);
    free(s);
}

/* ---- observations ---- */

static void add_observation(struct sandbox_run *s, size_t cell, const char *check,
                            enum status status, const char *value)
{
    struct observation *o = ARRAY_ADD(&s->record->observations, &s->record->observation_count);
    *o = (struct observation){cell, check, status, pool_intern(s->run->pool, value)};
}

static void add_timing(struct sandbox_run *s, size_t cell, const char *check, double milliseconds)
{
    struct timing *t = ARRAY_ADD(&s->record->timings, &s->record->timing_count);
    *t = (struct timing){cell, check, milliseconds};
}

/* What a cell's jobs that have not started yet would have observed: nothing. */
static void drop_ready_jobs(struct sandbox_run *s, size_t cell)
{
    for (size_t i = 0; i < s->sandbox->job_count; i++) {
        struct job_run *j = &s->jobs[i];
        if (j->job->cell != cell || j->state != JOB_READY)
            continue;
        for (size_t k = 0; k < j->job->check_count; k++)
            add_observation(s, cell, j->job->checks[k]->id, STATUS_ABSENT,
                            "the probe did not start");
        j->state = JOB_DONE;
        s->jobs_left--;
    }
}

/* A cell whose first probe never said hello: exec.start says why, everything else is absent. */
static void observe_absent(struct sandbox_run *s, const struct job *first,
                           const struct observation *start)
{
    for (size_t k = 0; k < first->check_count; k++) {
        const char *check = first->checks[k]->id;
        if (strcmp(check, "exec.start") == 0)
            add_observation(s, first->cell, check, start->status, start->value);
        else
            add_observation(s, first->cell, check, STATUS_ABSENT, "the probe did not start");
    }
    drop_ready_jobs(s, first->cell);
}

/* Only when a process is over: one that answered everything and then went wrong, without its end
 * line, is not to be believed. */
static void take_observations(struct sandbox_run *s, struct job_run *j)
{
    const char *fault = probe_stream_fault(j->stream);
    struct probe_observation o;
    while (probe_stream_next(j->stream, &o))
        add_observation(s, j->job->cell, o.check->id, fault ? STATUS_ERROR : o.status,
                        fault && o.status != STATUS_ERROR ? fault : o.value);
}

/* ---- jobs ---- */

static bool is_meant(const struct job *j, enum job_choice choice)
{
    switch (choice) {
    case JOBS_THAT_PRESS:
        return j->first || j->waits;
    case JOBS_THAT_DO_NOT_WAIT:
        return !j->waits;
    default:
        return true;
    }
}

static bool may_start(const struct sandbox_run *s, const struct job_run *j, enum job_choice choice)
{
    return j->state == JOB_READY && is_meant(j->job, choice) &&
           (j->job->first || s->started[j->job->cell]);
}

bool sandbox_run_has_work(const struct sandbox_run *s)
{
    for (size_t i = 0; i < s->sandbox->job_count; i++)
        if (s->jobs[i].state == JOB_READY)
            return true;
    return false;
}

bool sandbox_run_start_job(struct sandbox_run *s, enum job_choice choice)
{
    if (!s->ready || s->interrupted || !s->process)
        return false;
    size_t i = 0;
    while (i < s->sandbox->job_count && !may_start(s, &s->jobs[i], choice))
        i++;
    if (i == s->sandbox->job_count)
        return false;
    struct job_run *j = &s->jobs[i];
    size_t length;
    enum flavor flavor = s->run->cells[j->job->cell].flavor;
    CLEANUP_FREE char *line = job_line(j->job, flavor, i, &length);
    j->state = JOB_BUSY;
    j->stream = probe_stream_new(j->job->checks, j->job->check_count);
    cell_process_send(s->process, line, length);
    return true;
}

static void finish_when_done(struct sandbox_run *s)
{
    if (s->jobs_left == 0 && s->process)
        cell_process_finish(s->process);
}

static void end_job(struct sandbox_run *s, struct job_run *j)
{
    bool waited = j->state == JOB_WAITING;
    j->state = JOB_DONE;
    s->jobs_left--;
    finish_when_done(s);
    s->events.job_done(waited, s->events.data);
}

/* ---- what probes say of themselves ---- */

/* "glibc 2.36" -> "2.36"; NULL when there is no version. */
static const char *version_of(const char *libc)
{
    const char *space = libc ? strchr(libc, ' ') : NULL;
    return space ? space + 1 : NULL;
}

/* musl does not tell its version at run time: then it is the image's for a dynamic probe, and the
 * one it was built with for a static one. */
static const char *libc_version(const struct run *run, const struct cell *cell,
                                const struct probe_hello *hello)
{
    const struct image *image = &run->images[cell->image];
    if (version_of(hello->libc))
        return version_of(hello->libc);
    if (strcmp(flavor_linkage(cell->flavor), "static") == 0)
        return version_of(hello->built_with);
    const char *libc = image_fact(image, "image-libc");
    return libc && strcmp(libc, flavor_libc(cell->flavor)) == 0
               ? image_fact(image, "image-libc-version")
               : NULL;
}

static void take_hello(struct sandbox_run *s, struct job_run *j, const struct probe_hello *hello)
{
    struct run *run = s->run;
    struct cell *cell = &run->cells[j->job->cell];
    if (!cell->libc_version)
        cell->libc_version = pool_intern(run->pool, libc_version(run, cell, hello));
    for (size_t i = 0; i < run->probe_count; i++) {
        struct probe_info *p = &run->probes[i];
        if (p->platform == run->images[cell->image].platform && p->flavor == cell->flavor &&
            p->area == j->job->area && !p->compiler) {
            p->compiler = pool_intern(run->pool, hello->compiler);
            p->libc_version = pool_intern(run->pool, hello->built_with);
        }
    }
    if (j->job->first)
        s->started[j->job->cell] = true;
    if (j->job->waits && j->state == JOB_BUSY) {
        j->state = JOB_WAITING;
        s->events.waiting(s->events.data);
    }
}

/* ---- events of the cell ---- */

static struct job_run *running_job(struct sandbox_run *s, size_t number)
{
    if (number >= s->sandbox->job_count)
        return NULL;
    struct job_run *j = &s->jobs[number];
    return j->state == JOB_BUSY || j->state == JOB_WAITING ? j : NULL;
}

static void tell_opened(struct sandbox_run *s)
{
    if (s->opened_told)
        return;
    s->opened_told = true;
    s->events.opened(s->events.data);
}

static void when_ready(const struct cell_ready *ready, void *data)
{
    struct sandbox_run *s = data;
    for (size_t i = 0; i < s->sandbox->job_count; i++) {
        struct runner_info *r = &s->run->cells[s->jobs[i].job->cell].runner;
        r->mode = pool_intern(s->run->pool, ready->root);
        r->emulation =
            s->sandbox->emulator_path ? pool_intern(s->run->pool, ready->emulation) : NULL;
    }
    s->ready = true;
    tell_opened(s);
}

/* The check whose line this is took the time since the line before, or since the hello when they
 * run side by side. */
static void take_timing(struct sandbox_run *s, struct job_run *j, const struct cell_line *line)
{
    static const char key[] = "{\"check\":\"";
    double elapsed = line->milliseconds - j->last_ms;
    bool side_by_side = j->job->waits && job_gives_each(j->job);
    if (!side_by_side || j->last_ms == 0)
        j->last_ms = line->milliseconds;
    if (strncmp(line->text, key, strlen(key)) != 0)
        return;
    const char *id = line->text + strlen(key);
    for (size_t i = 0; i < j->job->check_count; i++) {
        const char *check = j->job->checks[i]->id;
        if (strncmp(id, check, strlen(check)) == 0 && id[strlen(check)] == '"')
            add_timing(s, j->job->cell, check, elapsed);
    }
}

static void when_line(const struct cell_line *line, void *data)
{
    struct sandbox_run *s = data;
    struct job_run *j = running_job(s, line->job);
    if (!j)
        return;
    bool knew = probe_stream_hello(j->stream) != NULL;
    probe_stream_line(j->stream, line);
    take_timing(s, j, line);
    const struct probe_hello *hello = probe_stream_hello(j->stream);
    if (!knew && hello)
        take_hello(s, j, hello);
}

static void when_end(const struct cell_end *end, void *data)
{
    struct sandbox_run *s = data;
    struct job_run *j = running_job(s, end->job);
    if (!j)
        return;
    if (!probe_stream_hello(j->stream) && j->job->first && !probe_stream_fault(j->stream)) {
        struct observation start = start_failure(end, s->run->pool);
        observe_absent(s, j->job, &start);
    } else {
        probe_stream_end(j->stream, end);
        take_observations(s, j);
        if (j->job->first && !s->started[j->job->cell])
            drop_ready_jobs(s, j->job->cell);
    }
    end_job(s, j);
}

/* The sandbox is gone with jobs left: a cell that had started gets errors with the reason, one that
 * had not is a failure as a whole. */
static void abandon_jobs(struct sandbox_run *s, const char *why)
{
    for (size_t i = 0; i < s->sandbox->job_count; i++) {
        struct job_run *j = &s->jobs[i];
        bool started = s->started[j->job->cell];
        if (!started)
            s->run->cells[j->job->cell].failure = pool_intern(s->run->pool, why);
        if (j->state == JOB_READY && started)
            j->stream = probe_stream_new(j->job->checks, j->job->check_count);
        if (j->state != JOB_DONE && started) {
            probe_stream_gone(j->stream, why);
            take_observations(s, j);
        }
        if (running_job(s, i))
            end_job(s, j);
        j->state = JOB_DONE;
    }
    s->jobs_left = 0;
}

static void when_gone(const char *why, void *data)
{
    struct sandbox_run *s = data;
    struct sandbox_record *r = s->record;
    s->process = NULL;
    tell_opened(s);
    if (s->jobs_left > 0)
        abandon_jobs(s, why ? why : "the sandbox ended before its jobs");
    if (r->observation_count)
        qsort(r->observations, r->observation_count, sizeof *r->observations, observation_compare);
    if (r->timing_count)
        qsort(r->timings, r->timing_count, sizeof *r->timings, timing_compare);
    r->complete = !s->interrupted;
    s->events.over(s->index, s->events.data);
    sandbox_run_free(s);
}

/* ---- opening ---- */

struct arguments {
    char **items; /* heap, as is each; ends with NULL once complete */
    size_t count;
};

static void add_argument(struct arguments *a, char *argument)
{
    *ARRAY_ADD(&a->items, &a->count) = argument;
}

static void add_option(struct arguments *a, const char *name, char *value)
{
    add_argument(a, must_strdup(name));
    add_argument(a, value);
}

static struct arguments cell_arguments(const struct sandbox_run *s)
{
    const struct image *image = &s->run->images[s->sandbox->image];
    const struct platform *p = image->platform;
    struct arguments a = {NULL, 0};
    add_argument(&a, must_strdup(s->options->cell_program));
    add_option(&a, "--root", must_strdup(image->root));
    add_option(&a, "--bind", must_printf("%s/%s:%s", s->options->probes, p->name, CELL_PROBES));
    add_option(&a, "--user", must_strdup(s->sandbox->user));
    if (s->sandbox->emulator_path) {
        add_option(&a, "--emulator", must_strdup(s->sandbox->emulator_path));
        add_option(
            &a, "--elf",
            must_printf("%d:%s:%d", p->bits, p->big_endian ? "big" : "little", p->elf_machine));
    }
    add_argument(&a, NULL);
    return a;
}

void sandbox_run_open(struct sandbox_run *s)
{
    if (s->sandbox->job_count == 0) { /* the plan says why, in the cells' failure */
        tell_opened(s);
        s->record->complete = true;
        s->events.over(s->index, s->events.data);
        sandbox_run_free(s);
        return;
    }
    const struct cell_events events = {s, when_ready, when_line, when_end, when_gone};
    struct arguments a = cell_arguments(s);
    s->process = cell_process_start(s->loop, a.items, &events);
    for (size_t i = 0; i < a.count; i++)
        free(a.items[i]);
    free(a.items);
}

void sandbox_run_interrupt(struct sandbox_run *s)
{
    s->interrupted = true;
    if (s->process)
        cell_process_kill(s->process);
}

void sandbox_record_done(struct sandbox_record *r)
{
    free(r->observations);
    free(r->timings);
    *r = (struct sandbox_record){NULL, 0, NULL, 0, false};
}
