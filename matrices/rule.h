/* SPDX-License-Identifier: Apache-2.0 */
/* One golden rule: what a check must give, under which condition. */
#pragma once
#include "matrices/condition.h"
#include <regex.h>

enum rule_class { CLASS_NONE, CLASS_KNOWN, CLASS_FLAKY, CLASS_SKIP };

enum rule_match {
    MATCH_ANY,    /* whatever it is */
    MATCH_VALUES, /* one of them */
    MATCH_PATTERN,
};

struct rule {
    const char *check;
    struct position at, check_at;
    const char *location; /* position_text */
    struct condition when;

    enum status status; /* that it must have */
    enum rule_match match;
    const char **values; /* of a pool; the first is the usual one */
    size_t value_count;
    const char *pattern;
    regex_t *regex; /* of the whole value; heap */

    enum rule_class class;
    const char *reason, *ref, *expires;
    int64_t ends; /* epoch seconds from which on it no longer excuses; INT64_MAX: never */
    bool keep;
    bool shipped; /* with Plimsoll */
    size_t file;  /* its number in the order of loading; later ones override */
};

/* Reads one rule of a check; false when it is unusable, after telling the faults. */
bool rule_parse(struct pool *pool, const char *check, const struct node *node,
                struct faults *faults, struct rule *ret) NONNULL MUST_CHECK;
void rule_done(struct rule *r) NONNULL;

bool rule_admits(const struct rule *r, enum status status, const char *value) NONNULL;
/* Whether two rules say the same about the cells that they share. */
bool rule_agrees(const struct rule *a, const struct rule *b) NONNULL;

/* `"a" or "b"`, `matches ^x$`, `no start`, `any value`, `crash "SIGFPE"`; "not judged" of a skip.
 */
const char *rule_expected(struct pool *pool, const struct rule *r) NONNULL;
const char *rule_class_name(enum rule_class c); /* NULL for none */
