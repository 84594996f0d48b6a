/* SPDX-License-Identifier: Apache-2.0 */
/* A directory put together from another one's entries, for where an overlay cannot be had. */
#pragma once
#include "harness/base/error.h"

/* Each entry of source appears in target (a directory that can be written to): links are copied,
 * everything else is bound read-only. Names in skip (ended by NULL) are left out. */
bool synthetic_fill(int source, int target, const char *const skip[], struct error *e) MUST_CHECK;
