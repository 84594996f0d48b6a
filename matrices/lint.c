/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with rules that can be read: decided from their axes alone. */
#include "matrices/resolve.h"
#include "matrices/vocabulary.h"

#include <stdlib.h>
#include <string.h>

struct lint {
    const struct matrix *m;
    struct pool *pool;    /* of the findings */
    struct pool *scratch; /* of what is worked out on the way */
    struct lint_finding **list;
    size_t *count;
    size_t faults;
    int64_t now;
};

static void add(struct lint *l, bool fault, const char *kind, const struct position *at,
                const char *text)
{
    struct lint_finding *f = ARRAY_ADD(l->list, l->count);
    *f = (struct lint_finding){fault,    kind,       pool_intern(l->pool, at->file),
                               at->line, at->column, text};
    l->faults += fault;
}

static const char *cells_of(struct lint *l, const struct rule *r)
{
    return *r->when.text ? pool_printf(l->pool, "when {%s}", r->when.text) : "without `when`";
}

/* The narrower ones of a, or of a and b, as a list of the scratch pool. */
static size_t narrower_than(struct lint *l, const struct group *g, size_t a, size_t b,
                            const struct condition ***ret)
{
    size_t count = 0;
    *ret = pool_alloc(l->scratch, (g->count + 1) * sizeof **ret);
    for (size_t i = 0; i < g->count; i++)
        if (g->narrower[i * g->count + a] || g->narrower[i * g->count + b])
            (*ret)[count++] = &g->candidates[i].rule->when;
    return count;
}

/* Somewhere in what both admit, no rule is narrower than either. */
static void lint_pair(struct lint *l, const struct group *g, size_t a, size_t b)
{
    const struct rule *x = g->candidates[a].rule, *y = g->candidates[b].rule;
    if (g->narrower[a * g->count + b] || g->narrower[b * g->count + a] || rule_agrees(x, y))
        return;
    struct condition both = condition_both(l->scratch, &x->when, &y->when);
    const struct condition **others;
    size_t count = narrower_than(l, g, a, b, &others);
    if (condition_covered(l->scratch, &both, others, count))
        return;
    add(l, true, "collision", &y->at,
        pool_printf(l->pool,
                    "%s: this rule, %s, and the one at %s, %s, can hold for the same cell and "
                    "expect different things; write a rule with both conditions",
                    g->check, cells_of(l, y), x->location, cells_of(l, x)));
}

static void lint_reach(struct lint *l, const struct group *g, size_t a)
{
    const struct rule *r = g->candidates[a].rule;
    if (condition_empty(&r->when)) {
        add(l, true, "never matches", &r->at,
            pool_printf(l->pool, "%s: no cell is %s", g->check, cells_of(l, r)));
        return;
    }
    const struct condition **others;
    size_t count = narrower_than(l, g, a, a, &others);
    if (count && condition_covered(l->scratch, &r->when, others, count))
        add(l, false, "never used", &r->at,
            pool_printf(l->pool, "%s: narrower rules hold for all cells of this one", g->check));
}

static void lint_excuse(struct lint *l, const struct rule *r)
{
    if (r->class != CLASS_NONE && (!r->reason || !*r->reason))
        add(l, true, "no reason", &r->at,
            pool_printf(l->pool, "%s: a rule of class %s needs a reason", r->check,
                        rule_class_name(r->class)));
    if (r->ends <= l->now)
        add(l, false, "expired", &r->at,
            pool_printf(l->pool, "%s: past its date, %s: it no longer excuses", r->check,
                        r->expires));
}

static void lint_group(struct lint *l, const struct group *g)
{
    for (size_t a = 0; a < g->count; a++) {
        l->scratch = pool_new();
        lint_excuse(l, g->candidates[a].rule);
        lint_reach(l, g, a);
        for (size_t b = a + 1; b < g->count; b++)
            lint_pair(l, g, a, b);
        pool_free(l->scratch);
    }
}

static void lint_names(struct lint *l, const struct check *checks, size_t count)
{
    struct vocabulary v;
    struct faults faults = {NULL, 0, 0};
    vocabulary_init(&v, checks, count);
    vocabulary_check(&v, l->m, false, &faults);
    vocabulary_check(&v, l->m, true, &faults);
    for (size_t i = 0; i < faults.count; i++)
        add(l, true, "unknown", &faults.list[i].at, pool_intern(l->pool, faults.list[i].text));
    faults_done(&faults);
    vocabulary_done(&v);
}

static void lint_catalogue(struct lint *l, const struct resolver *r, const struct check *checks,
                           size_t count)
{
    struct position nowhere = {"catalogue", 0, 0};
    for (size_t i = 0; i < count; i++)
        if (!resolver_group(r, checks[i].id))
            add(l, false, "no rule", &nowhere,
                pool_printf(l->pool, "%s: no rule says what it must give", checks[i].id));
}

static int compare_findings(const void *a, const void *b)
{
    const struct lint_finding *x = a, *y = b;
    int order = strcmp(x->file, y->file);
    if (order)
        return order;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->text, y->text);
}

size_t matrix_lint(const struct matrix *m, const struct check *checks, size_t check_count,
                   int64_t now, struct pool *pool, struct lint_finding **ret, size_t *ret_count)
{
    struct lint l = {.m = m, .pool = pool, .list = ret, .count = ret_count, .now = now};
    struct resolver r;
    *ret = NULL;
    *ret_count = 0;
    resolver_init(&r, m, now);
    for (size_t i = 0; i < r.group_count; i++)
        lint_group(&l, &r.groups[i]);
    if (check_count) {
        lint_names(&l, checks, check_count);
        lint_catalogue(&l, &r, checks, check_count);
    }
    resolver_done(&r);
    if (*ret_count)
        qsort(*ret, *ret_count, sizeof **ret, compare_findings);
    return l.faults;
}
