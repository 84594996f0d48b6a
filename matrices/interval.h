/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of versions as disjoint intervals in rising order: "<1.2.4", ">=2.35,<2.41". The order of
 * versions (harness/base/version.h) counts as dense: between any two there may be a third. */
#pragma once
#include "harness/base/pool.h"

struct interval {
    const char *low, *high; /* NULL: without end */
    bool low_in, high_in;
};

struct intervals {
    struct interval *list; /* of a pool */
    size_t count;
};

struct intervals intervals_all(struct pool *pool) NONNULL;

/* Reads comparisons joined by commas; all of them must hold. A bare version is that one only. What
 * is wrong comes back as a text of the pool; NULL when it is right. */
const char *intervals_parse(struct pool *pool, const char *text, struct intervals *ret) NONNULL;

bool intervals_contain(const struct intervals *v, const char *version) NONNULL;
struct intervals intervals_without(struct pool *pool, const struct intervals *v) NONNULL;
struct intervals intervals_both(struct pool *pool, const struct intervals *a,
                                const struct intervals *b) NONNULL;
