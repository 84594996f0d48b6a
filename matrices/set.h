/* SPDX-License-Identifier: Apache-2.0 */
/* The values of one axis that a rule admits: names or versions. A cell may have no value on an axis
 * (no such fact, a version nobody knows): a set that a rule names never admits that. */
#pragma once
#include "matrices/interval.h"
#include "matrices/names.h"

enum set_kind { SET_NAMES, SET_GLOBS, SET_VERSIONS };

struct set {
    enum set_kind kind;
    bool unknown; /* admits cells without a value */
    struct intervals versions;
    struct names names;
};

struct set set_all(struct pool *pool, enum set_kind kind) NONNULL; /* with unknown */
/* value may be NULL; a version axis takes what is no version as no value. */
bool set_contains(const struct set *s, const char *value) __attribute__((nonnull(1)));
bool set_empty(const struct set *s) NONNULL;
struct set set_both(struct pool *pool, const struct set *a, const struct set *b) NONNULL;
/* b is one that a rule names, or set_all. */
struct set set_minus(struct pool *pool, const struct set *a, const struct set *b) NONNULL;
