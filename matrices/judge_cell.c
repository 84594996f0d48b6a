/* SPDX-License-Identifier: Apache-2.0 */
/* The verdicts of one cell: its observations and the checks that have a rule, side by side. */
#include "matrices/judge_data.h"

#include "harness/base/text.h"
#include <string.h>

#define START "exec.start"

enum { REPEATS_SHOWN = 4 };

/* What holds for one check in one cell. */
struct golden {
    struct resolution rule;
    const struct matrix_pin *pin; /* comes before any rule */
};

static struct judged *add_row(struct judge *j, size_t cell, const char *check, enum verdict verdict)
{
    struct judged *row = ARRAY_ADD(&j->ret->verdicts, &j->ret->verdict_count);
    row->cell = cell;
    row->check = check;
    row->verdict = verdict;
    row->observed = "";
    row->cause = SIZE_MAX;
    return row;
}

static void tell_collision(struct judge *j, size_t cell, struct group *g,
                           const struct resolution *r)
{
    size_t a = (size_t)(r->winner - g->candidates), b = (size_t)(r->rival - g->candidates);
    bool *told = &g->told[a * g->count + b];
    const struct image *image = &j->run->images[j->run->cells[cell].image];
    if (!*told)
        faults_add(&j->collisions, &r->rival->rule->at,
                   "%s: collides with %s: both hold for %s %s %s and expect different things, and "
                   "neither is narrower; write a rule with both conditions",
                   g->check, r->winner->rule->location, image->name,
                   image->platform ? image->platform->name : "",
                   flavor_name(j->run->cells[cell].flavor));
    *told = true;
}

static struct golden golden_of(struct judge *j, size_t cell, const struct slot *slot)
{
    struct golden g = {.pin = NULL};
    if (slot->image_area)
        g.pin = judge_pin(j, j->run->cells[cell].image, slot->check);
    if (!slot->group)
        return g;
    g.rule = resolve(&j->resolver, slot->group, &j->view);
    if (g.rule.rival && !g.pin)
        tell_collision(j, cell, slot->group, &g.rule);
    if (g.rule.winner)
        resolve_mark_used(slot->group, &j->view, g.rule.winner);
    if (g.rule.lapsed)
        g.rule.lapsed->expired_count++;
    return g;
}

static enum verdict neutral_or(enum status status, enum verdict otherwise)
{
    return status == STATUS_ABSENT ? VERDICT_ABSENT
           : status == STATUS_SKIP ? VERDICT_SKIPPED
                                   : otherwise;
}

static enum verdict verdict_by_rule(const struct resolution *r, const struct observation *o)
{
    if (!r->winner)
        return neutral_or(o->status, VERDICT_NEW);
    const struct rule *rule = r->winner->rule;
    if (r->winner == r->lapsed)
        return neutral_or(o->status, rule->class == CLASS_SKIP ? VERDICT_NEW : VERDICT_DIVERGED);
    if (rule->class == CLASS_SKIP)
        return o->status == STATUS_ABSENT ? VERDICT_ABSENT : VERDICT_SKIPPED;
    if (rule_admits(rule, o->status, o->value))
        return rule->class == CLASS_NONE ? VERDICT_PASS : VERDICT_KNOWN;
    return neutral_or(o->status, VERDICT_DIVERGED);
}

static enum verdict verdict_of(const struct golden *g, const struct observation *o)
{
    if (o->status == STATUS_ERROR)
        return VERDICT_ERROR;
    if (!g->pin)
        return verdict_by_rule(&g->rule, o);
    if (o->status == STATUS_VALUE && judge_pin_kept(g->pin, o->value))
        return VERDICT_PASS;
    return VERDICT_DIVERGED;
}

/* What the rule has to say about a verdict; texts are interned once a rule. */
static void explain_row(struct judge *j, struct judged *row, const struct golden *g,
                        const struct observation *o)
{
    struct pool *pool = j->ret->pool;
    if (g->pin) {
        row->expected = pool_printf(pool, "\"%s\"", g->pin->value);
        row->rule = pool_intern(pool, g->pin->at);
        return;
    }
    if (!g->rule.winner)
        return;
    const struct rule *rule = g->rule.winner->rule, *lapsed = NULL;
    if (g->rule.lapsed)
        lapsed = g->rule.lapsed->rule;
    struct kept *kept = &g->rule.winner->kept;
    if (!kept->rule) {
        kept->expected = rule_expected(pool, rule);
        kept->rule = pool_intern(pool, rule->location);
        kept->reason = pool_intern(pool, rule->reason);
        kept->ref = pool_intern(pool, rule->ref);
    }
    row->expected = kept->expected;
    row->rule = kept->rule;
    row->reason = kept->reason;
    row->ref = kept->ref;
    if (lapsed && row->verdict != VERDICT_PASS && o &&
        (lapsed->class == CLASS_SKIP || rule_admits(lapsed, o->status, o->value)))
        row->reason = pool_printf(pool, "excused until %s by %s: %s", lapsed->expires,
                                  lapsed->location, lapsed->reason ? lapsed->reason : "no reason");
}

static bool accepted(enum verdict v)
{
    return v == VERDICT_PASS || v == VERDICT_KNOWN;
}

static bool same_result(const struct observation *a, const struct observation *b)
{
    return a->status == b->status && strcmp(a->value, b->value) == 0;
}

/* What differing repeats gave: "a" / "b". */
static const char *shown_repeats(struct pool *pool, const struct observation *const *list,
                                 size_t count)
{
    CLEANUP_TEXT struct text text = TEXT_INIT;
    size_t shown = 0;
    for (size_t i = 0; i < count && shown < REPEATS_SHOWN; i++) {
        bool before = false;
        for (size_t k = 0; k < i && !before; k++)
            before = same_result(list[i], list[k]);
        if (before)
            continue;
        text_printf(&text, "%s%s", shown++ ? " / " : "",
                    list[i]->status == STATUS_VALUE ? "" : status_name(list[i]->status));
        text_printf(&text, "%s%s", list[i]->status == STATUS_VALUE ? "" : " ", list[i]->value);
    }
    return pool_intern(pool, text_get(&text));
}

/* One row for all repeats. Differing ones are flaky, unless each is one that is expected. */
static void add_observed(struct judge *j, size_t cell, const struct slot *slot,
                         const struct observation *const *list, size_t count)
{
    struct golden g = golden_of(j, cell, slot);
    const struct observation *worst = list[0];
    enum verdict verdict = verdict_of(&g, worst);
    bool differ = false, good = accepted(verdict);
    for (size_t i = 1; i < count; i++) {
        if (same_result(list[i], list[0]))
            continue;
        enum verdict next = verdict_of(&g, list[i]);
        differ = true;
        good = good && accepted(next);
        if (accepted(verdict) || next == VERDICT_ERROR) {
            verdict = next;
            worst = list[i];
        }
    }
    if (differ && !good && verdict != VERDICT_ERROR)
        verdict = VERDICT_FLAKY;
    struct judged *row = add_row(j, cell, worst->check, verdict);
    row->status = worst->status;
    row->observed = differ ? shown_repeats(j->ret->pool, list, count) : worst->value;
    explain_row(j, row, &g, worst);
}

/* The check has a rule or a pin here, was to be run, and there is nothing. */
static void add_unobserved(struct judge *j, size_t cell, const struct slot *slot,
                           const struct start *start)
{
    struct golden g = golden_of(j, cell, slot);
    if (!g.pin && (!g.rule.winner || g.rule.winner->rule->class == CLASS_SKIP))
        return;
    bool no_start = start->seen && !start->good;
    enum verdict verdict = no_start           ? VERDICT_ABSENT
                           : j->run->complete ? VERDICT_MISSING
                                              : VERDICT_ERROR;
    struct judged *row = add_row(j, cell, pool_intern(j->ret->pool, slot->check), verdict);
    row->status = no_start ? STATUS_ABSENT : STATUS_ERROR;
    row->observed = no_start           ? start->seen->value
                    : j->run->complete ? "not observed"
                                       : "the run ended before this check";
    explain_row(j, row, &g, NULL);
}

static struct start start_of(const struct judge *j, size_t from, size_t to)
{
    struct start s = {NULL, false, false};
    for (size_t i = from; i < to; i++) {
        const struct observation *o = j->order[i];
        if (strcmp(o->check, START) == 0)
            s.seen = o;
        s.some_absent |= o->status == STATUS_ABSENT;
    }
    s.good = s.seen && s.seen->status == STATUS_VALUE && strcmp(s.seen->value, "ok") == 0;
    return s;
}

/* Where probes did not start, how they start is wanted, whatever was selected. */
static bool wanted(const struct judge *j, const struct cell *cell, const struct slot *slot,
                   const struct start *start)
{
    if (cell->failure || slot->image_area != (cell->flavor == FLAVOR_NONE))
        return false;
    return slot->selected || (start->some_absent && !slot->image_area &&
                              strcmp(slot->check, START) == 0 && run_check(j->run, START));
}

static void add_failure(struct judge *j, size_t cell)
{
    const struct cell *c = &j->run->cells[cell];
    struct judged *row =
        add_row(j, cell, c->flavor == FLAVOR_NONE ? "image" : START, VERDICT_ERROR);
    row->status = STATUS_ERROR;
    row->observed = c->failure;
}

void judge_cell(struct judge *j, size_t cell, size_t from, size_t to)
{
    const struct cell *c = &j->run->cells[cell];
    struct start start = start_of(j, from, to);
    struct pins pins = {j->images[c->image].entry, PINS_ALL};
    size_t first = j->ret->verdict_count, next = 0;
    view_set(&j->view, &j->resolver, j->run, c, &pins);
    if (c->failure)
        add_failure(j, cell);
    while (from < to || next < j->slot_count) {
        struct slot *slot = next < j->slot_count ? &j->slots[next] : NULL;
        int order = from == to ? 1 : !slot ? -1 : strcmp(j->order[from]->check, slot->check);
        if (order > 0) {
            if (wanted(j, c, slot, &start))
                add_unobserved(j, cell, slot, &start);
            next++;
            continue;
        }
        size_t end = from + 1;
        while (end < to && strcmp(j->order[end]->check, j->order[from]->check) == 0)
            end++;
        struct slot stray = {.check = j->order[from]->check};
        add_observed(j, cell, order ? &stray : slot, j->order + from, end - from);
        from = end;
        next += order == 0;
    }
    judge_causes(j, cell, first, &start);
}
