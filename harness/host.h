/* SPDX-License-Identifier: Apache-2.0 */
/* The machine and the moment of a run, for the audit trail. */
#pragma once
#include "harness/model.h"

/* Fills in run->started (now, or SOURCE_DATE_EPOCH), kernel, host_arch, host_os, and of the
 * environment the names on the allow-list only: nothing else of it is ever stored. */
void host_describe(struct run *run) NONNULL;

/* Seconds since 1970: SOURCE_DATE_EPOCH when it is set and a number, else the clock. */
long long host_now(void);
