/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue as the words that rules may use: ids of checks, and names of facts. */
#pragma once
#include "matrices/matrix_data.h"

struct vocabulary {
    struct pool *pool;
    const char **ids; /* heap; sorted */
    size_t count;
};

void vocabulary_init(struct vocabulary *v, const struct check *checks, size_t count)
    __attribute__((nonnull(1)));
void vocabulary_done(struct vocabulary *v) NONNULL;

/* Tells every unknown name in the shipped rules, or in the user's rules and pins. */
void vocabulary_check(const struct vocabulary *v, const struct matrix *m, bool shipped,
                      struct faults *faults) NONNULL;
