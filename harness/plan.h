/* SPDX-License-Identifier: Apache-2.0 */
/* From images and a selection to cells, and to the jobs that a runner carries out. */
#pragma once
#include "harness/emulator.h"
#include "harness/installation.h"
#include "harness/model.h"

struct selection { /* what the user asked for; empty lists mean everything */
    const enum flavor *flavors;
    size_t flavor_count;
    const char *const *checks, *const *skips; /* globs over check ids, see fnmatch(3) */
    size_t check_count, skip_count;
    const char *user; /* instead of the images' own; NULL: theirs */
    bool emulate;     /* also the host's own platform */
};

/* Whether a check is selected; exec.start always is, since it says what the others mean. */
bool selection_has(const struct selection *s, const char *check) NONNULL;

/* Removes from run->checks what is not selected. ERROR_NOTHING when no check is left, or when a
 * glob matches no check at all. */
bool selection_apply(const struct selection *s, struct run *run,
                     struct error *e) NONNULL MUST_CHECK;

/* Adds to run->cells one cell of the image area and one per flavor for every image of the run, adds
 * the programs to run->probes, and makes the plan for the latter. A cell that cannot run (no
 * emulator, no probe, unknown user) gets its `failure` and no job. run->checks and run->images must
 * not grow any more. The caller frees with plan_done(). */
void plan_make(struct run *run, const struct selection *s, const struct installation *where,
               struct plan *ret) NONNULL;
