/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule holds for a check in a cell: the narrowest of those that match.
 *
 * Made for a million questions: rules are grouped by check, what is narrower than what is worked
 * out once, and each distinct constraint is looked at once a cell. */
#pragma once
#include "matrices/matrix_data.h"

struct kept { /* texts of a rule as a judgement owns them; NULL: not made yet */
    const char *expected, *rule, *reason, *ref;
};

struct candidate {
    const struct rule *rule;
    unsigned *constraints; /* ids of rule->when.list */
    bool used;             /* it decided something */
    struct kept kept;
    size_t expired_count; /* cells in which it would have decided, were it not past its date */
};

struct group { /* the rules of one check */
    const char *check;
    struct candidate *candidates;
    size_t count;
    bool *narrower; /* [i * count + k]: i is narrower than k */
    bool *told;     /* [i * count + k]: their collision has been told */
};

struct resolver {
    struct pool *pool;
    const struct matrix *matrix;
    struct group *groups; /* of the pool; by check */
    size_t group_count;
    const struct constraint **constraints; /* heap; the distinct ones */
    size_t constraint_count;
    int64_t now;
};

/* Which facts a view takes as the pins have them: all, all but one, or none. */
struct pins {
    const struct matrix_image *image; /* NULL: nothing is pinned */
    size_t but; /* index of the pin that does not count, PINS_ALL, PINS_NONE */
};
#define PINS_ALL ((size_t)-1)
#define PINS_NONE ((size_t)-2)

struct view {                /* one cell as the rules see it */
    const struct cell *cell; /* NULL: not set yet */
    uint32_t flavor, platform, emulated;
    bool *met; /* by constraint id; heap */
};

struct resolution {
    struct candidate *winner; /* NULL: no rule */
    struct candidate *lapsed; /* would have decided but is past its date */
    struct candidate *rival;  /* collides with winner */
};

void resolver_init(struct resolver *r, const struct matrix *m, int64_t now) NONNULL;
void resolver_done(struct resolver *r) NONNULL;

struct group *resolver_group(const struct resolver *r, const char *check) NONNULL; /* or NULL */

void view_init(struct view *v, const struct resolver *r) NONNULL;
void view_set(struct view *v, const struct resolver *r, const struct run *run,
              const struct cell *cell, const struct pins *pins) NONNULL;
void view_done(struct view *v) NONNULL;

/* A rule past its date decides nothing, unless it is the only one: then it is winner and lapsed. */
struct resolution resolve(const struct resolver *r, const struct group *g,
                          const struct view *v) NONNULL;

/* Notes that the winner decided, and so did those that say the same as narrowly. */
void resolve_mark_used(struct group *g, const struct view *v, struct candidate *winner) NONNULL;

/* The value of an image's fact by its check's id; NULL: not known. */
const char *fact_of(const struct image *image, const char *check) NONNULL;
