/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/plan.h"
#include "harness/base/sha256.h"
#include "harness/user.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* A process gets the sum of its checks' limits and some for its own start; an emulated one more,
 * as its probe allows its checks more (see probes/README.md). */
enum { EMULATED_FACTOR = 4, START_SECONDS = 10 };

static const char START_CHECK[] = "exec.start";

static bool any_matches(const char *const *globs, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (fnmatch(globs[i], id, 0) == 0)
            return true;
    return false;
}

bool selection_has(const struct selection *s, const char *check)
{
    if (strcmp(check, START_CHECK) == 0)
        return true;
    if (any_matches(s->skips, s->skip_count, check))
        return false;
    return s->check_count == 0 || any_matches(s->checks, s->check_count, check);
}

static bool globs_match_something(const struct run *run, const char *const *globs, size_t count,
                                  struct error *e)
{
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < run->check_count && fnmatch(globs[i], run->checks[k].id, 0) != 0)
            k++;
        if (k == run->check_count)
            return error_set(e, ERROR_NOTHING,
                             "no check matches \"%s\" (plimsoll list checks shows them)", globs[i]);
    }
    return true;
}

bool selection_apply(const struct selection *s, struct run *run, struct error *e)
{
    if (!globs_match_something(run, s->checks, s->check_count, e) ||
        !globs_match_something(run, s->skips, s->skip_count, e))
        return false;
    size_t kept = 0, asked = 0;
    for (size_t i = 0; i < run->check_count; i++) {
        if (!selection_has(s, run->checks[i].id))
            continue;
        asked += strcmp(run->checks[i].id, START_CHECK) != 0 ||
                 !any_matches(s->skips, s->skip_count, START_CHECK);
        run->checks[kept++] = run->checks[i];
    }
    run->check_count = kept;
    return asked > 0 || error_set(e, ERROR_NOTHING, "every check is skipped: nothing to do");
}

static bool has_flavor(const struct selection *s, enum flavor flavor)
{
    for (size_t i = 0; i < s->flavor_count; i++)
        if (s->flavors[i] == flavor)
            return true;
    return s->flavor_count == 0;
}

/* ---- jobs ---- */

static struct job *find_job(struct sandbox *box, size_t cell, const struct check *check)
{
    for (size_t i = 0; i < box->job_count; i++) {
        struct job *j = &box->jobs[i];
        if (j->cell == cell && j->area == check->area && j->waits == check->waits &&
            fixture_compatible(&j->checks[0]->fixture, &check->fixture))
            return j;
    }
    struct job *j = ARRAY_ADD(&box->jobs, &box->job_count);
    j->cell = cell;
    j->area = check->area;
    j->waits = check->waits;
    j->limit = j->idle = START_SECONDS;
    return j;
}

static void add_jobs(struct sandbox *box, const struct run *run, size_t cell)
{
    for (size_t i = 0; i < run->check_count; i++) {
        const struct check *check = &run->checks[i];
        if (check->area == AREA_IMAGE)
            continue;
        struct job *j = find_job(box, cell, check);
        *ARRAY_ADD(&j->checks, &j->check_count) = check;
        double limit = check->limit * (box->emulator_path ? EMULATED_FACTOR : 1);
        j->limit += limit;
        if (j->idle < limit + START_SECONDS)
            j->idle = limit + START_SECONDS;
        j->first |= strcmp(check->id, START_CHECK) == 0;
    }
}

/* First what says whether a cell can start at all, then what waits longest, so that the whole ends
 * soon after the slowest; then the dearest. */
static int compare_jobs(const void *a, const void *b)
{
    const struct job *x = a, *y = b;
    if (x->first != y->first)
        return x->first ? -1 : 1;
    if (x->waits != y->waits)
        return x->waits ? -1 : 1;
    if (x->limit != y->limit)
        return x->limit > y->limit ? -1 : 1;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return strcmp(x->checks[0]->id, y->checks[0]->id);
}

/* ---- cells ---- */

static size_t add_cell(struct run *run, size_t image, enum flavor flavor, const char *user)
{
    struct cell *cell = ARRAY_ADD(&run->cells, &run->cell_count);
    cell->image = image;
    cell->flavor = flavor;
    cell->user = user;
    cell->runner.name = flavor == FLAVOR_NONE ? "harness" : "sandbox";
    cell->runner.version = run->version;
    return run->cell_count - 1;
}

static bool is_native(const struct platform *p)
{
    const struct platform *host = platform_of_host();
    return p == host ||
           (host && strcmp(host->name, "linux/amd64") == 0 && strcmp(p->name, "linux/386") == 0);
}

static void set_emulator(struct run *run, struct sandbox *box, struct cell *cell,
                         const struct emulator *emulator)
{
    box->emulator_path = pool_intern(run->pool, emulator->path);
    cell->runner.emulator = pool_intern(run->pool, emulator->name);
    cell->runner.emulator_version = pool_intern(run->pool, emulator->version);
    cell->runner.emulator_digest = pool_intern(run->pool, emulator->digest);
}

/* One program's identity, known once per run however many images use it. */
static bool add_probe(struct run *run, const struct installation *where,
                      const struct platform *platform, enum flavor flavor, enum area area,
                      struct error *e)
{
    for (size_t i = 0; i < run->probe_count; i++)
        if (run->probes[i].platform == platform && run->probes[i].flavor == flavor &&
            run->probes[i].area == area)
            return true;
    CLEANUP_FREE char *path = installation_probe(where, platform, flavor, area);
    char digest[SHA256_TEXT_SIZE];
    if (!memo_digest(&where->memo, path, digest, e))
        return error_context(e, "no probe for %s %s", platform->name, flavor_name(flavor));
    struct probe_info *info = ARRAY_ADD(&run->probes, &run->probe_count);
    *info = (struct probe_info){platform, flavor, area, pool_intern(run->pool, digest), NULL, NULL};
    return true;
}

static bool add_probes(struct run *run, const struct installation *where, const struct sandbox *box,
                       struct error *e)
{
    const struct platform *platform = run->images[box->image].platform;
    for (size_t i = 0; i < box->job_count; i++)
        if (!add_probe(run, where, platform, run->cells[box->jobs[i].cell].flavor,
                       box->jobs[i].area, e))
            return false;
    return true;
}

static void free_jobs(struct sandbox *box)
{
    for (size_t i = 0; i < box->job_count; i++)
        free(box->jobs[i].checks);
    free(box->jobs);
    box->jobs = NULL;
    box->job_count = 0;
}

/* What cannot run is a fault of its cells, with the reason; it never stops the others. */
static void fail_cells(struct run *run, struct sandbox *box, struct error *e)
{
    for (size_t i = 0; i < run->cell_count; i++)
        if (run->cells[i].image == box->image && run->cells[i].flavor != FLAVOR_NONE)
            run->cells[i].failure = pool_intern(run->pool, e->message);
    free_jobs(box);
    error_clear(e);
}

static void add_cells(struct run *run, struct sandbox *box, const struct selection *s,
                      const struct emulator *emulator)
{
    add_cell(run, box->image, FLAVOR_NONE, box->user);
    for (enum flavor f = GLIBC_DYNAMIC; f < FLAVOR_NONE; f++) {
        if (!has_flavor(s, f))
            continue;
        size_t cell = add_cell(run, box->image, f, box->user);
        if (emulator)
            set_emulator(run, box, &run->cells[cell], emulator);
        add_jobs(box, run, cell);
    }
    qsort(box->jobs, box->job_count, sizeof *box->jobs, compare_jobs);
}

static void add_sandbox(struct run *run, size_t image, const struct selection *s,
                        struct emulator *emulators, const struct installation *where,
                        struct plan *plan)
{
    struct error e = ERROR_INIT;
    const struct platform *p = run->images[image].platform;
    struct emulator *emulator = is_native(p) && !s->emulate ? NULL : &emulators[p - platforms];
    bool ok = !emulator || emulator->path || emulator_find(p, &where->memo, emulator, &e);
    CLEANUP_FREE char *user = ok ? user_of_image(&run->images[image], s->user, &e) : NULL;
    struct sandbox *box = ARRAY_ADD(&plan->sandboxes, &plan->sandbox_count);
    box->image = image;
    box->user = pool_intern(run->pool, user);
    add_cells(run, box, s, ok ? emulator : NULL);
    if (!user || !add_probes(run, where, box, &e))
        fail_cells(run, box, &e);
}

void plan_make(struct run *run, const struct selection *s, const struct installation *where,
               struct plan *ret)
{
    struct emulator *emulators = must_calloc(platform_count, sizeof *emulators);
    *ret = (struct plan){NULL, 0};
    for (size_t i = 0; i < run->image_count; i++)
        add_sandbox(run, i, s, emulators, where, ret);
    for (size_t i = 0; i < platform_count; i++)
        emulator_done(&emulators[i]);
    free(emulators);
}
