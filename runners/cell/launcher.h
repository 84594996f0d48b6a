/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the cell: one clone3 for all its namespaces, and whatever happens to this process or to
 * the one that started it, the end of all. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/id_map.h"
#include "runners/cell/options.h"

/* Runs in the new namespaces as pid 1. ids: the map for namespaces below the cell's own, owned by
 * it. Returns the exit code. */
typedef int launcher_main(const struct options *o, const struct id_map *ids);

/* Waits until the cell has done its work and tells its exit code; a moment later it is gone. */
bool launcher_run(const struct options *o, launcher_main *cell_main, int *ret_exit_code,
                  struct error *e) MUST_CHECK;
