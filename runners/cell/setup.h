/* SPDX-License-Identifier: Apache-2.0 */
/* Building the sandbox from inside its namespaces: a list of operations, made first from what was
 * asked for, carried out after. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/emulator.h"
#include "runners/cell/id_map.h"
#include "runners/cell/notes.h"
#include "runners/cell/options.h"
#include "runners/cell/root.h"

struct setup {
    const struct options *options; /* borrowed */
    struct root root;
    struct emulator emulator;
    struct id_map ids;    /* of the namespaces that job slots get */
    bool limit_processes; /* RLIMIT_NPROC does not hold for who runs jobs, pid_max does */
    int proc;             /* the cell's own /proc; -1 when it could not be had */
    struct notes notes;
};

/* Afterwards "/" is the cell's root. */
bool setup_run(struct setup *s, const struct options *o, struct error *e) MUST_CHECK;
