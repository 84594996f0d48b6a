/* SPDX-License-Identifier: Apache-2.0 */
/* What a process that runs foreign programs may do: its user, its limits, no capability. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/options.h"

/* Limits as every job has them. memory: whether address space is limited, too (an emulator of a
 * 32-bit guest reserves all of it). */
bool identity_limit(bool memory, struct error *e) MUST_CHECK;

/* Becomes that user for good: no capability, none to be had, no new privileges, no tracing by
 * programs of the same user. groups: whether supplementary groups may be set here. */
bool identity_assume(const struct identity *i, bool groups, struct error *e) MUST_CHECK;
