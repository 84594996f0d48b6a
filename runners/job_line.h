/* SPDX-License-Identifier: Apache-2.0 */
/* A job as the line of JSON that plimsoll-cell reads; see runners/cell/PROTOCOL.md. */
#pragma once
#include "harness/model.h"

/* Where the cell sees the probes: FLAVOR/AREA below it. */
#define CELL_PROBES "/.plimsoll/probes"

/* Whether each of its checks is given a fixture of its own; then those that wait run side by side.
 */
bool job_gives_each(const struct job *job) NONNULL;

/* The line with its newline; the caller frees it. */
char *job_line(const struct job *job, enum flavor flavor, size_t number,
               size_t *ret_length) NONNULL MUST_CHECK;
