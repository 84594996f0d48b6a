/* SPDX-License-Identifier: Apache-2.0 */
/* Carries out a plan: starts plimsoll-cell once per sandbox, hands it the jobs, and turns what
 * comes back into observations. */
#pragma once
#include "harness/base/error.h"
#include "harness/model.h"
#include <stdbool.h>
#include <stddef.h>

struct runner_events { /* what the caller is told; each may be NULL */
    void *data;
    /* One sandbox is over; its cells' observations are complete. Sandboxes end in any order. */
    void (*sandbox_done)(size_t sandbox, void *data);
    /* After each job: how many of all are done. */
    void (*progress)(size_t jobs_done, size_t jobs, void *data);
};

struct runner_options {
    const char *cell_program; /* plimsoll-cell */
    const char *probes;       /* folder of PLATFORM/FLAVOR/AREA */
    unsigned busy;            /* busy jobs at a time, over all sandboxes; at least 1 */
    struct runner_events events;
};

/* What was observed in each sandbox of the plan, index by index. */
struct sandbox_record {
    struct observation *observations; /* heap; sorted by cell and check */
    size_t observation_count;
    struct timing *timings; /* heap; likewise */
    size_t timing_count;
    bool complete; /* false: interrupted */
};

/* Runs the plan. records has plan->sandbox_count zeroed elements; the caller frees each with
 * sandbox_record_done(). Fills in what the cells tell of themselves (run->cells[].runner,
 * libc_version, failure; run->probes). A cell that fails is recorded so and stops no other; false
 * only when nothing can be run at all. SIGINT and SIGTERM end the run early: *ret_signal is the
 * signal then, else 0, and the sandboxes that were not finished are not complete. */
bool runner_run(const struct plan *plan, struct run *run, const struct runner_options *options,
                struct sandbox_record *records, int *ret_signal,
                struct error *e) NONNULL MUST_CHECK;

void sandbox_record_done(struct sandbox_record *r) NONNULL;
