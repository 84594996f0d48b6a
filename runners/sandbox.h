/* SPDX-License-Identifier: Apache-2.0 */
/* One sandbox of a plan while it runs: its cell process, its jobs, what they observed. */
#pragma once
#include "harness/model.h"
#include "runners/runner.h"
#include <uv.h>

struct sandbox_run; /* opaque */

struct sandbox_run_events {
    void *data;
    void (*opened)(void *data);                /* it is ready, or never will be; once */
    void (*waiting)(void *data);               /* a started job does nothing but wait from now on */
    void (*job_done)(bool waited, void *data); /* a started job is over */
    void (*over)(size_t index, void *data);    /* last of all; the object is freed after it */
};

struct sandbox_run *sandbox_run_new(uv_loop_t *loop, size_t index, const struct sandbox *sandbox,
                                    struct run *run, const struct runner_options *options,
                                    struct sandbox_record *record,
                                    const struct sandbox_run_events *events) NONNULL MUST_CHECK;
void sandbox_run_free(struct sandbox_run *s); /* only one that was never opened */
void sandbox_run_open(struct sandbox_run *s) NONNULL;

enum job_choice { JOBS_THAT_PRESS, JOBS_THAT_DO_NOT_WAIT, JOBS_OF_ANY_KIND };

/* Starts the next job that may start now; false: there is none of those. The pressing ones are
 * those on which others depend, and those that wait. */
bool sandbox_run_start_job(struct sandbox_run *s, enum job_choice choice) NONNULL;
bool sandbox_run_has_work(const struct sandbox_run *s) NONNULL; /* jobs that did not start yet */
void sandbox_run_interrupt(struct sandbox_run *s) NONNULL;
