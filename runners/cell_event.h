/* SPDX-License-Identifier: Apache-2.0 */
/* One line of what plimsoll-cell prints; see runners/cell/PROTOCOL.md. */
#pragma once
#include "runners/cell_process.h"

/* Tells the event to ready, line or end. Returns NULL, or why the cell is over, as a printable line
 * that the caller frees: the failure that it tells of itself, or a line that is no event. */
char *cell_event_take(const char *line, size_t length,
                      const struct cell_events *to) NONNULL MUST_CHECK;
