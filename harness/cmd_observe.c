/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_observe.h"
#include "harness/cmd_cache.h"
#include "harness/cmd_progress.h"
#include "harness/cmd_registry.h"
#include "harness/facts.h"
#include "harness/plan.h"
#include "harness/reference.h"
#include "harness/transport.h"
#include "runners/record.h"
#include "runners/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_MAX = 512 };

/* Sandboxes end in any order; the file gets them in the plan's, each as soon as all before it are
 * over, so that the same run gives the same bytes and an interrupted one loses little. */
struct results {
    struct run *run;
    const struct plan *plan;
    struct sandbox_record *records;
    bool *over;
    size_t next;
    struct record_writer writer;
    bool writing;
    struct error error; /* the first failure to write */
    struct progress *progress;
};

static void add_observation(struct results *s, const struct observation *o)
{
    *ARRAY_ADD(&s->run->observations, &s->run->observation_count) = *o;
    if (s->writing)
        s->writing = record_observation(&s->writer, o, &s->error);
}

/* The image area: what the harness itself read, as observations of the image's own cell. */
static void add_facts(struct results *s, size_t cell)
{
    const struct image *image = &s->run->images[s->run->cells[cell].image];
    for (size_t i = 0; i < s->run->check_count; i++) {
        const struct check *check = &s->run->checks[i];
        const char *value = check->area == AREA_IMAGE ? facts_value(image, check->id) : NULL;
        if (value)
            add_observation(s, &(struct observation){cell, check->id, STATUS_VALUE, value});
    }
}

static void add_cell(struct results *s, size_t cell, const struct sandbox_record *r)
{
    if (s->writing)
        s->writing = record_cell(&s->writer, cell, &s->run->cells[cell], &s->error);
    if (s->run->cells[cell].flavor == FLAVOR_NONE) {
        add_facts(s, cell);
        return;
    }
    for (size_t i = 0; i < r->observation_count; i++)
        if (r->observations[i].cell == cell)
            add_observation(s, &r->observations[i]);
}

static void add_sandbox(struct results *s, size_t index)
{
    const struct sandbox_record *r = &s->records[index];
    for (size_t cell = 0; cell < s->run->cell_count; cell++)
        if (s->run->cells[cell].image == s->plan->sandboxes[index].image)
            add_cell(s, cell, r);
    for (size_t i = 0; i < r->timing_count; i++) {
        *ARRAY_ADD(&s->run->timings, &s->run->timing_count) = r->timings[i];
        if (s->writing)
            s->writing = record_timing(&s->writer, &r->timings[i], &s->error);
    }
}

static void when_sandbox_done(size_t index, void *data)
{
    struct results *s = data;
    s->over[index] = s->records[index].complete;
    while (s->next < s->plan->sandbox_count && s->over[s->next])
        add_sandbox(s, s->next++);
}

static void when_progress(size_t done, size_t all, void *data)
{
    struct results *s = data;
    progress_count(s->progress, done, all, "probes");
}

/* ---- opening ---- */

struct wanted {                        /* what --platform and --unpack-limit say */
    const struct platform **platforms; /* heap */
    size_t count;
    bool all;
    struct layer_limits limits;
};

static bool wanted_platforms(const struct options *o, struct wanted *ret, struct error *e)
{
    for (size_t i = 0; i < o->platforms.count; i++) {
        const char *name = o->platforms.items[i];
        const struct platform *p = platform_by_name(name);
        if (strcmp(name, "all") == 0)
            ret->all = true;
        else if (p)
            *ARRAY_ADD(&ret->platforms, &ret->count) = p;
        else
            return error_set(e, ERROR_USAGE,
                             "unknown platform \"%s\"; plimsoll list platforms shows them", name);
    }
    return true;
}

static void print_remark(const char *text, void *data)
{
    (void)data;
    fprintf(stderr, "plimsoll: %s\n", text);
}

static bool open_image(const struct options *o, const struct cmd_image *image,
                       const struct wanted *wanted, const struct registry_options *registry,
                       struct cmd_opening *how, struct run *run, struct error *e)
{
    bool own = wanted->count == 0;
    struct image_request request = {
        .name = image->name,
        .reference = image->reference,
        .cache_dir = o->cache,
        .registry = registry,
        .fetch_only = o->fetch_only,
        .platforms = own ? image->platforms : (const struct platform *const *)wanted->platforms,
        .platform_count = own ? image->platform_count : wanted->count,
        .all_platforms = wanted->all,
        .limits = &wanted->limits,
        .memo = how->memo,
        .pins = &how->pins,
        .remark = print_remark,
    };
    return image_open(run, &request, e);
}

bool cmd_open_images(const struct options *o, const struct cmd_image *images, size_t count,
                     struct run *run, struct cmd_opening *how, struct error *e)
{
    struct wanted wanted = {.limits = layer_default_limits};
    struct registry_options registry;
    bool ok =
        wanted_platforms(o, &wanted, e) && cmd_registry_options(o, how->progress, &registry, e);
    for (size_t i = 0; ok && i < o->limits.count; i++)
        ok = layer_limits_parse(&wanted.limits, o->limits.items[i], e);
    for (size_t i = 0; ok && i < count; i++) {
        struct error fault = ERROR_INIT;
        progress_say(how->progress, "opening %s", images[i].reference);
        if (open_image(o, &images[i], &wanted, &registry, how, run, &fault))
            continue;
        if (fault.code == ERROR_USAGE) { /* a wrong word, not a bad image */
            *e = fault;
            ok = false;
        } else {
            progress_end(how->progress);
            fprintf(stderr, "plimsoll: %s\n", fault.message);
            error_clear(&fault);
            how->faults++;
        }
    }
    free(wanted.platforms);
    return ok;
}

/* The end of a reference: what tells it from others, and fits a column. */
static const char *short_name(const char *reference)
{
    const char *path = reference_rest(reference);
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 ? name : reference;
}

void cmd_name_images(struct cmd_image *images, size_t count)
{
    for (size_t i = 0; i < count; i++)
        images[i].name = short_name(images[i].reference);
    for (size_t i = 0; i < count; i++) {
        bool twice = false;
        for (size_t k = 0; k < count; k++)
            twice |= k != i &&
                     strcmp(short_name(images[k].reference), short_name(images[i].reference)) == 0;
        if (twice)
            images[i].name = images[i].reference;
    }
}

bool cmd_selection(const struct options *o, enum flavor flavors[FLAVOR_COUNT],
                   struct selection *ret, struct error *e)
{
    *ret = (struct selection){.flavors = flavors,
                              .checks = o->checks.items,
                              .skips = o->skips.items,
                              .check_count = o->checks.count,
                              .skip_count = o->skips.count,
                              .user = o->user,
                              .emulate = o->emulate};
    for (size_t i = 0; i < o->flavors.count; i++) {
        enum flavor f;
        if (!flavor_parse(o->flavors.items[i], &f) || f == FLAVOR_NONE)
            return error_set(e, ERROR_USAGE,
                             "unknown flavor \"%s\"; plimsoll list flavors shows them",
                             o->flavors.items[i]);
        if (ret->flavor_count < FLAVOR_COUNT)
            flavors[ret->flavor_count++] = f;
    }
    return true;
}

/* Two for each CPU by default: a job that just starts waits for the kernel and for its cell as
 * often as it computes. */
static bool busy_jobs(const struct options *o, unsigned *ret, struct error *e)
{
    char *end = NULL;
    long jobs = o->jobs ? strtol(o->jobs, &end, 10) : 2 * sysconf(_SC_NPROCESSORS_ONLN);
    if (o->jobs && (end == o->jobs || *end || jobs < 1 || jobs > JOBS_MAX))
        return error_set(e, ERROR_USAGE, "--jobs is a number from 1 to %d, not \"%s\"", JOBS_MAX,
                         o->jobs);
    *ret = jobs < 1 ? 1 : (unsigned)jobs;
    return true;
}

/* ---- running ---- */

static bool write_head(struct results *s, const char *path, struct error *e)
{
    if (!path)
        return true;
    const struct run *run = s->run;
    bool ok = record_open(&s->writer, path, e);
    s->writing = ok;
    ok = ok && record_header(&s->writer, run, e);
    for (size_t i = 0; ok && i < run->check_count; i++)
        ok = record_check(&s->writer, &run->checks[i], e);
    for (size_t i = 0; ok && i < run->image_count; i++)
        ok = record_image(&s->writer, i, &run->images[i], e);
    return ok;
}

/* The probes' own words (compiler, libc) are known at the end only. */
static bool write_tail(struct results *s, bool interrupted, struct error *e)
{
    for (size_t i = 0; i < s->plan->sandbox_count; i++) /* what an interruption left in between */
        if (i >= s->next && s->over[i])
            add_sandbox(s, i);
    for (size_t i = 0; s->writing && i < s->run->probe_count; i++)
        s->writing = record_probe(&s->writer, &s->run->probes[i], &s->error);
    if (s->writing && !interrupted)
        s->writing = record_end(&s->writer, &s->error);
    if (!error_is_set(&s->error))
        return true;
    *e = s->error;
    return false;
}

static bool run_plan(unsigned busy, const struct installation *where, struct run *run,
                     struct plan *plan, const char *results, struct progress *progress,
                     int *ret_signal, struct error *e)
{
    struct results s = {.run = run, .plan = plan, .progress = progress, .error = ERROR_INIT};
    s.writer.fd = -1;
    s.records = must_calloc(plan->sandbox_count, sizeof *s.records);
    s.over = must_calloc(plan->sandbox_count, sizeof *s.over);
    struct runner_options options = {.cell_program = where->cell,
                                     .probes = where->probes,
                                     .busy = busy,
                                     .events = {&s, when_sandbox_done, when_progress}};
    bool ok = write_head(&s, results, e) &&
              runner_run(plan, run, &options, s.records, ret_signal, e) &&
              write_tail(&s, *ret_signal != 0, e);
    run->complete = ok && *ret_signal == 0;
    progress_end(progress);
    record_close(&s.writer);
    for (size_t i = 0; i < plan->sandbox_count; i++)
        sandbox_record_done(&s.records[i]);
    free(s.records);
    free(s.over);
    return ok;
}

static bool observe(const struct options *options, const struct cmd_image *images,
                    size_t image_count, const struct selection *selection,
                    const struct installation *where, struct run *run, const char *results,
                    struct cmd_opening *how, int *ret_signal, struct error *e)
{
    struct plan plan;
    unsigned busy = 0;
    if (!cmd_cache_limit_valid(options, e) || !busy_jobs(options, &busy, e) ||
        !selection_apply(selection, run, e) ||
        !cmd_open_images(options, images, image_count, run, how, e))
        return false;
    if (run->image_count == 0)
        return error_set(e, how->faults ? ERROR_RUN : ERROR_NOTHING, "no image to look at");
    plan_make(run, selection, where, &plan);
    bool ok = run_plan(busy, where, run, &plan, results, how->progress, ret_signal, e);
    plan_done(&plan);
    return ok;
}

/* The results stand, whatever becomes of the cache. */
static void keep_cache_small(const struct options *options)
{
    struct error e = ERROR_INIT;
    if (!cmd_cache_enforce(options, &e))
        fprintf(stderr, "plimsoll: %s\n", e.message);
    error_clear(&e);
}

bool cmd_observe(const struct options *options, const struct cmd_image *images, size_t image_count,
                 const struct selection *selection, const struct installation *where,
                 struct run *run, const char *results, struct cmd_observation *ret, struct error *e)
{
    struct progress progress;
    struct cmd_opening how = {.progress = &progress, .memo = &where->memo};
    progress_init(&progress, options->quiet);
    int signal = 0;
    bool ok =
        observe(options, images, image_count, selection, where, run, results, &how, &signal, e);
    *ret = (struct cmd_observation){how.faults, signal};
    store_unpin(&how.pins);
    keep_cache_small(options);
    return ok;
}
