/* SPDX-License-Identifier: Apache-2.0 */
/* The cell's root: the image, never written to, under a file system in memory. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/notes.h"
#include "runners/cell/options.h"

/* Where the work directories of jobs are, and before that the whole stage. No leading slash. */
#define ROOT_WORK "tmp/plimsoll"
#define ROOT_EMULATOR ".plimsoll/emulator" /* where the prefix emulator is bound */

struct root {
    int lower;              /* the image's directory, O_PATH */
    int sources[BINDS_MAX]; /* of the binds */
    int stage;              /* tmpfs mount: upper/ and work/ of the overlay, slots/ */
    int top;                /* mount: the cell's root */
    enum root_mode mode;
};

/* Opens the image's directory and what is to be bound, by the host's paths. */
bool root_open(struct root *r, const struct options *o, struct error *e) MUST_CHECK;

/* The stage, mounted over the image's directory in this mount namespace (nothing else is sure to
 * exist). From then on no path that leads through the image's directory is the host's. */
bool root_open_stage(struct root *r, struct error *e) MUST_CHECK;

/* The root, with all mount points made, on top of the stage. emulator: whether ROOT_EMULATOR is
 * wanted. A fallback to the synthetic mode is noted. */
bool root_build(struct root *r, const struct options *o, bool emulator, struct notes *notes,
                struct error *e) MUST_CHECK;

/* The read-only binds; the stage's second place, where job slots find it. */
bool root_bind(struct root *r, const struct options *o, struct error *e) MUST_CHECK;
bool root_bind_stage(struct root *r, struct error *e) MUST_CHECK;

/* Makes it "/" and lets go of the host's. */
bool root_enter(struct root *r, struct error *e) MUST_CHECK;
