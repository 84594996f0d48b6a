/* SPDX-License-Identifier: Apache-2.0 */
/* What a job slot sees of the cell: its own mount namespace with its fixture files, its /dev/log,
 * its processes in /proc, its empty directories. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/slot_kind.h"

struct view {
    const char *slot; /* name of the slot's directory in the stage's slots/ */
    struct slot_kind kind;
    bool proc;            /* it can have a /proc, and a user namespace, of its own */
    bool limit_processes; /* by a limit of its pid namespace */
};

/* Must run in the slot's new namespaces, with all capabilities there. */
bool view_build(const struct view *v, struct error *e) MUST_CHECK;
