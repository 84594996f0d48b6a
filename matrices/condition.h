/* SPDX-License-Identifier: Apache-2.0 */
/* `when` as a box: the product of the values it admits on each axis. An axis not named admits all.
 *
 * One condition is narrower than another when its box lies within the other's and is not equal. */
#pragma once
#include "matrices/axis.h"
#include "matrices/node.h"

struct constraint {
    struct axis axis;
    struct set set;
    struct position at;
    const char *word; /* as written */
    const char *key;  /* of the pool: one pointer for equal axes and values */
};

struct condition {
    uint32_t flavors, platforms, emulated; /* masks */
    struct constraint *list;               /* of a pool; by axis name; one an axis */
    size_t count;
    const char *text; /* as a person reads it: "libc: musl, libc-version: <1.2.4"; "" for all */
};

/* All cells that can have the check: those of the image area, or those of a probe. */
struct condition condition_all(bool image_area);

/* Reads a map of axes; NULL is all. Faults leave the axis out. */
struct condition condition_parse(struct pool *pool, const struct node *when, bool image_area,
                                 struct faults *faults) __attribute__((nonnull(1, 4)));

bool condition_empty(const struct condition *c) NONNULL;
bool condition_within(struct pool *pool, const struct condition *a,
                      const struct condition *b) NONNULL;
struct condition condition_both(struct pool *pool, const struct condition *a,
                                const struct condition *b) NONNULL;

/* Whether the others together admit all of c. Beyond a limit of work the answer is false. The
 * others are ones that rules name. */
bool condition_covered(struct pool *pool, const struct condition *c,
                       const struct condition *const *others, size_t count) NONNULL;
