/* SPDX-License-Identifier: Apache-2.0 */
/* The cache's limit, as verbs that fill the cache keep it. */
#pragma once
#include "harness/base/error.h"
#include "harness/options.h"

/* Whether --cache-limit is a size. */
bool cmd_cache_limit_valid(const struct options *options, struct error *e) NONNULL MUST_CHECK;

/* Takes out of the cache what was not used for the longest time until it is within --cache-limit;
 * what other processes use stays. Nothing to do without that option. */
bool cmd_cache_enforce(const struct options *options, struct error *e) NONNULL MUST_CHECK;
