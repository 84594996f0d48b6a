/* SPDX-License-Identifier: Apache-2.0 */
/* What a run says about the matrix itself. */
#include "matrices/judge_data.h"

static void add_remark(struct judge *j, const char *kind, const struct rule *rule, const char *text)
{
    struct pool *pool = j->ret->pool;
    *ARRAY_ADD(&j->ret->remarks, &j->ret->remark_count) =
        (struct remark){kind, pool_intern(pool, rule->location), text};
}

void judge_remarks(struct judge *j)
{
    for (size_t i = 0; i < j->slot_count; i++) {
        struct group *g = j->slots[i].group;
        for (size_t k = 0; g && k < g->count; k++) {
            const struct candidate *c = &g->candidates[k];
            if (c->expired_count)
                add_remark(j, "expired", c->rule,
                           pool_printf(j->ret->pool,
                                       "%s: past its date, %s: it no longer excuses %zu cell%s",
                                       g->check, c->rule->expires, c->expired_count,
                                       c->expired_count == 1 ? "" : "s"));
            else if (!c->used && !c->rule->shipped && j->slots[i].selected && j->run->complete)
                add_remark(
                    j, "unreferenced", c->rule,
                    pool_printf(j->ret->pool, "%s: no cell of this run used this rule", g->check));
        }
    }
}
