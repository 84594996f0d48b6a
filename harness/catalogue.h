/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of checks, asked of the probes themselves (PROBE --list): there is no second list.
 * The image area's own checks are added by facts.h. */
#pragma once
#include "harness/installation.h"
#include "harness/model.h"

/* Adds the checks of all probe areas to run->checks, sorted by id. Runs the host platform's static
 * probes, side by side, unless their answers are remembered (where->memo). An area without a probe
 * is an error that names the missing file. */
bool catalogue_load(struct run *run, const struct installation *where,
                    struct error *e) NONNULL MUST_CHECK;

/* Adds the checks of one probe's --list output. name is for the errors. */
bool catalogue_parse(struct run *run, const char *json, size_t length, const char *name,
                     struct error *e) NONNULL MUST_CHECK;
