/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of `check` and all of `judge`: verdicts and reports. */
#pragma once
#include "harness/options.h"
#include "matrices/matrix.h"

/* Whether every --report names a known format; to be asked before the work is done. */
bool cmd_reports_valid(const struct options *options, struct error *e) MUST_CHECK;

/* Judges the run, writes every --report (terminal to stdout when there is none) and returns the
 * exit code; on an error of its own sets e. seconds: how long the run took, 0 when not known.
 * unopened: how many images could not be opened, which is an error of the whole. */
int cmd_verdict(const struct options *options, const struct matrix *matrix, const struct run *run,
                double seconds, int unopened, struct error *e);
