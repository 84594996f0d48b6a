/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/override.h"

#include <stdlib.h>
#include <string.h>

enum { RULE_LIMIT = 256 };

struct ordered {
    const char *check;
    size_t index;
};

static int compare_ordered(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    int order = x->check == y->check ? 0 : strcmp(x->check, y->check);
    return order ? order : x->index < y->index ? -1 : 1;
}

size_t *matrix_by_check(const struct matrix *m)
{
    struct ordered *list = must_calloc(m->rule_count, sizeof *list);
    size_t *ret = must_calloc(m->rule_count, sizeof *ret);
    for (size_t i = 0; i < m->rule_count; i++)
        list[i] = (struct ordered){m->rules[i].check, i};
    if (m->rule_count)
        qsort(list, m->rule_count, sizeof *list, compare_ordered);
    for (size_t i = 0; i < m->rule_count; i++)
        ret[i] = list[i].index;
    free(list);
    return ret;
}

static bool same_when(struct pool *pool, const struct rule *a, const struct rule *b)
{
    return condition_within(pool, &a->when, &b->when) && condition_within(pool, &b->when, &a->when);
}

/* The rules of one check, in the order of loading. */
static void override_check(struct matrix *m, const size_t *list, size_t count, size_t file,
                           struct faults *faults)
{
    if (m->rules[list[count - 1]].file != file)
        return;
    if (count > RULE_LIMIT) {
        faults_add(faults, &m->rules[list[count - 1]].at, "more than %d rules for %s", RULE_LIMIT,
                   m->rules[list[0]].check);
        return;
    }
    struct pool *pool = pool_new();
    for (size_t i = 1; i < count; i++) {
        const struct rule *rule = &m->rules[list[i]];
        for (size_t k = 0; k < i && rule->file == file; k++) {
            struct rule *old = &m->rules[list[k]];
            if (!old->check || !same_when(pool, rule, old))
                continue;
            if (old->file == file)
                faults_add(faults, &rule->at, "the same `when` as the rule in line %u",
                           old->at.line);
            else
                old->check = NULL; /* out of force, taken out below */
        }
    }
    pool_free(pool);
}

static void take_out(struct matrix *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->rule_count; i++) {
        if (m->rules[i].check)
            m->rules[kept++] = m->rules[i];
        else
            rule_done(&m->rules[i]);
    }
    m->rule_count = kept;
}

void matrix_override(struct matrix *m, size_t file, struct faults *faults)
{
    CLEANUP_FREE size_t *list = matrix_by_check(m);
    for (size_t i = 0, end; i < m->rule_count; i = end) {
        const char *check = m->rules[list[i]].check;
        for (end = i + 1; end < m->rule_count; end++)
            if (strcmp(m->rules[list[end]].check, check) != 0)
                break;
        override_check(m, list + i, end - i, file, faults);
    }
    take_out(m);
}
