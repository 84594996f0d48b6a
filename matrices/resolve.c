/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/resolve.h"

#include "matrices/override.h"
#include <stdlib.h>
#include <string.h>

enum { MATCH_LIMIT = 512 }; /* more than a check has rules */

static void fill_group(struct resolver *r, struct group *g, const size_t *list)
{
    struct pool *scratch = pool_new();
    g->check = r->matrix->rules[list[0]].check;
    g->candidates = pool_alloc(r->pool, g->count * sizeof *g->candidates);
    g->narrower = pool_alloc(r->pool, g->count * g->count);
    g->told = pool_alloc(r->pool, g->count * g->count);
    for (size_t i = 0; i < g->count; i++) {
        struct candidate *c = &g->candidates[i];
        c->rule = &r->matrix->rules[list[i]];
        size_t n = c->rule->when.count;
        c->constraints = n ? pool_alloc(r->pool, n * sizeof *c->constraints) : NULL;
    }
    for (size_t i = 0; i < g->count; i++) {
        for (size_t k = 0; k < g->count; k++) {
            const struct condition *a = &g->candidates[i].rule->when;
            const struct condition *b = &g->candidates[k].rule->when;
            g->narrower[i * g->count + k] =
                i != k && condition_within(scratch, a, b) && !condition_within(scratch, b, a);
        }
    }
    pool_free(scratch);
}

struct use { /* of a constraint by a candidate */
    const struct constraint *constraint;
    unsigned *id;
};

static int compare_uses(const void *a, const void *b)
{
    const struct use *x = a, *y = b;
    return x->constraint->key < y->constraint->key ? -1 : x->constraint->key > y->constraint->key;
}

/* Constraints with the same key get one id, so that each is looked at once a cell. */
static void number_constraints(struct resolver *r)
{
    struct use *uses = NULL;
    size_t count = 0;
    for (size_t g = 0; g < r->group_count; g++)
        for (size_t i = 0; i < r->groups[g].count; i++) {
            const struct candidate *c = &r->groups[g].candidates[i];
            for (size_t k = 0; k < c->rule->when.count; k++)
                *ARRAY_ADD(&uses, &count) =
                    (struct use){&c->rule->when.list[k], &c->constraints[k]};
        }
    if (count)
        qsort(uses, count, sizeof *uses, compare_uses);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || uses[i].constraint->key != uses[i - 1].constraint->key)
            *ARRAY_ADD(&r->constraints, &r->constraint_count) = uses[i].constraint;
        *uses[i].id = (unsigned)r->constraint_count - 1;
    }
    free(uses);
}

void resolver_init(struct resolver *r, const struct matrix *m, int64_t now)
{
    *r = (struct resolver){.pool = pool_new(), .matrix = m, .now = now};
    CLEANUP_FREE size_t *list = matrix_by_check(m);
    r->groups = pool_alloc(r->pool, (m->rule_count + 1) * sizeof *r->groups);
    for (size_t i = 0, end; i < m->rule_count; i = end) {
        for (end = i + 1; end < m->rule_count; end++)
            if (strcmp(m->rules[list[end]].check, m->rules[list[i]].check) != 0)
                break;
        struct group *g = &r->groups[r->group_count++];
        g->count = end - i;
        fill_group(r, g, list + i);
    }
    number_constraints(r);
}

void resolver_done(struct resolver *r)
{
    free(r->constraints);
    pool_free(r->pool);
}

static int compare_group(const void *key, const void *item)
{
    return strcmp(key, ((const struct group *)item)->check);
}

struct group *resolver_group(const struct resolver *r, const char *check)
{
    return bsearch(check, r->groups, r->group_count, sizeof *r->groups, compare_group);
}

static bool matches(const struct candidate *c, const struct view *v)
{
    const struct condition *when = &c->rule->when;
    if (!(when->flavors & v->flavor) || !(when->platforms & v->platform) ||
        !(when->emulated & v->emulated))
        return false;
    for (size_t i = 0; i < when->count; i++)
        if (!v->met[c->constraints[i]])
            return false;
    return true;
}

/* Of the listed ones those that none is narrower than; returns how many. They come first in list,
 * in their order. */
static size_t keep_narrowest(const struct group *g, unsigned *list, size_t count)
{
    bool beaten[MATCH_LIMIT];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        beaten[i] = false;
        for (size_t k = 0; k < count && !beaten[i]; k++)
            beaten[i] = g->narrower[list[k] * g->count + list[i]];
    }
    for (size_t i = 0; i < count; i++)
        if (!beaten[i])
            list[kept++] = list[i];
    return kept;
}

/* The narrowest of those whose expiry is as asked for. */
static void decide(const struct group *g, unsigned *list, size_t count, struct resolution *ret)
{
    count = keep_narrowest(g, list, count);
    ret->winner = count ? &g->candidates[list[0]] : NULL;
    for (size_t i = 1; i < count && !ret->rival; i++)
        if (!rule_agrees(ret->winner->rule, g->candidates[list[i]].rule))
            ret->rival = &g->candidates[list[i]];
}

struct resolution resolve(const struct resolver *r, const struct group *g, const struct view *v)
{
    struct resolution ret = {NULL, NULL, NULL};
    unsigned valid[MATCH_LIMIT], all[MATCH_LIMIT];
    size_t valid_count = 0, all_count = 0;
    for (size_t i = 0; i < g->count && i < MATCH_LIMIT; i++) {
        if (!matches(&g->candidates[i], v))
            continue;
        all[all_count++] = (unsigned)i;
        if (g->candidates[i].rule->ends > r->now)
            valid[valid_count++] = (unsigned)i;
    }
    bool some_expired = valid_count < all_count;
    if (valid_count)
        decide(g, valid, valid_count, &ret);
    if (!some_expired)
        return ret;
    struct resolution with_expired = {NULL, NULL, NULL};
    decide(g, all, all_count, &with_expired);
    if (with_expired.winner && with_expired.winner->rule->ends <= r->now)
        ret.lapsed = with_expired.winner;
    if (!valid_count)
        ret.winner = ret.lapsed;
    return ret;
}

void resolve_mark_used(struct group *g, const struct view *v, struct candidate *winner)
{
    size_t w = (size_t)(winner - g->candidates);
    winner->used = true;
    for (size_t i = 0; i < g->count; i++) {
        struct candidate *c = &g->candidates[i];
        if (!c->used && !g->narrower[w * g->count + i] && matches(c, v) &&
            rule_agrees(c->rule, winner->rule))
            c->used = true;
    }
}
