/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of names: those of a list, or all, without those of another list. Names may be globs
 * ("*" any run, "?" one byte). Exact, but for two globs of which neither lies within the other:
 * where they overlap, the first stands for what is common. */
#pragma once
#include "harness/base/pool.h"

struct names {
    bool globs;
    bool all;               /* else those of in */
    const char **in, **out; /* of a pool */
    size_t in_count, out_count;
};

bool glob_matches(const char *glob, const char *text) NONNULL;

bool names_contain(const struct names *n, const char *name) NONNULL;
bool names_empty(const struct names *n) NONNULL;
struct names names_both(struct pool *pool, const struct names *a, const struct names *b) NONNULL;
/* a without b; b has only a list (in), or is all without a list (out). */
struct names names_minus(struct pool *pool, const struct names *a, const struct names *b) NONNULL;
