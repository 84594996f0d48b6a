/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind several divergences: a pinned fact that the image does not keep, or probes
 * that do not start. */
#include "matrices/judge_data.h"

#include "harness/base/version.h"
#include <stdlib.h>
#include <string.h>

#define START "exec.start"

bool judge_pin_kept(const struct matrix_pin *pin, const char *value)
{
    if (!value)
        return false;
    return strcmp(pin->value, value) == 0 || (version_valid(pin->value) && version_valid(value) &&
                                              version_compare(pin->value, value) == 0);
}

static const struct matrix_image *entry_of(const struct judge *j, const struct image *image)
{
    for (size_t i = 0; i < j->m->image_count; i++)
        if (strcmp(j->m->images[i].name, image->name) == 0)
            return &j->m->images[i];
    return NULL;
}

void judge_pins(struct judge *j)
{
    size_t most = 0;
    j->images = must_calloc(j->run->image_count, sizeof *j->images);
    for (size_t i = 0; i < j->run->image_count; i++) {
        struct pinned_image *p = &j->images[i];
        const struct image *image = &j->run->images[i];
        p->entry = entry_of(j, image);
        for (size_t k = 0; p->entry && k < p->entry->pin_count; k++)
            if (!judge_pin_kept(&p->entry->pins[k], fact_of(image, p->entry->pins[k].check)))
                *ARRAY_ADD(&p->broken, &p->broken_count) = k;
        p->causes = must_calloc(p->broken_count, sizeof *p->causes);
        for (size_t k = 0; k < p->broken_count; k++)
            p->causes[k] = SIZE_MAX;
        if (most < p->broken_count)
            most = p->broken_count;
    }
    j->other_count = most + 1;
    j->other = must_calloc(j->other_count, sizeof *j->other);
    for (size_t i = 0; i < j->other_count; i++)
        view_init(&j->other[i], &j->resolver);
}

void judge_pins_done(struct judge *j)
{
    for (size_t i = 0; i < j->run->image_count; i++) {
        free(j->images[i].broken);
        free(j->images[i].causes);
    }
    free(j->images);
    for (size_t i = 0; i < j->other_count; i++)
        view_done(&j->other[i]);
    free(j->other);
}

const struct matrix_pin *judge_pin(const struct judge *j, size_t image, const char *check)
{
    const struct matrix_image *entry = j->images[image].entry;
    for (size_t i = 0; entry && i < entry->pin_count; i++)
        if (strcmp(entry->pins[i].check, check) == 0)
            return &entry->pins[i];
    return NULL;
}

static size_t add_cause(struct judge *j, size_t image, const char *text)
{
    struct cause *c = ARRAY_ADD(&j->ret->causes, &j->ret->cause_count);
    c->image = image;
    c->text = text;
    return j->ret->cause_count - 1;
}

static size_t cause_of_pin(struct judge *j, size_t image, size_t which)
{
    struct pinned_image *p = &j->images[image];
    if (p->causes[which] != SIZE_MAX)
        return p->causes[which];
    const struct matrix_pin *pin = &p->entry->pins[p->broken[which]];
    const char *seen = fact_of(&j->run->images[image], pin->check);
    size_t cause = add_cause(j, image,
                             pool_printf(j->ret->pool, "%s is %s, and %s pins it as %s", pin->fact,
                                         seen ? seen : "not known", pin->at, pin->value));
    j->ret->causes[cause].fact = pool_intern(j->ret->pool, pin->fact);
    j->ret->causes[cause].rule = pool_intern(j->ret->pool, pin->at);
    return p->causes[which] = cause;
}

/* Whether the row is as expected once a broken pin, or PINS_NONE, does not count. which is its
 * place among the other views, which are set once a cell. */
static bool met_without(struct judge *j, const struct judged *row, const struct group *g,
                        size_t which, size_t but)
{
    const struct cell *cell = &j->run->cells[row->cell];
    struct view *view = &j->other[which];
    struct pins pins = {j->images[cell->image].entry, but};
    if (view->cell != cell)
        view_set(view, &j->resolver, j->run, cell, &pins);
    struct resolution r = resolve(&j->resolver, g, view);
    return r.winner && !r.rival && r.winner != r.lapsed &&
           rule_admits(r.winner->rule, row->status, row->observed);
}

/* The broken pin behind a divergence, as an index into broken; SIZE_MAX: none. */
static size_t broken_behind(struct judge *j, const struct judged *row)
{
    const struct pinned_image *p = &j->images[j->run->cells[row->cell].image];
    for (size_t i = 0; i < p->broken_count; i++)
        if (strcmp(p->entry->pins[p->broken[i]].check, row->check) == 0)
            return i;
    const struct slot *slot = p->broken_count ? judge_slot(j, row->check) : NULL;
    if (!slot || !slot->group)
        return SIZE_MAX;
    for (size_t i = 0; i < p->broken_count; i++)
        if (met_without(j, row, slot->group, i, p->broken[i]))
            return i;
    return met_without(j, row, slot->group, j->other_count - 1, PINS_NONE) ? 0 : SIZE_MAX;
}

static size_t cause_of_start(struct judge *j, const struct judged *row)
{
    const struct cell *cell = &j->run->cells[row->cell];
    const char *text =
        pool_printf(j->ret->pool, "%s probes do not start: %s, expected %s",
                    flavor_name(cell->flavor), *row->observed ? row->observed : "no reason known",
                    row->expected ? row->expected : "\"ok\"");
    for (size_t i = j->ret->cause_count; i-- > 0;)
        if (j->ret->causes[i].image == cell->image && j->ret->causes[i].text == text)
            return i;
    size_t cause = add_cause(j, cell->image, text);
    j->ret->causes[cause].rule = row->rule;
    return cause;
}

static bool is_divergence(const struct judged *row)
{
    return row->verdict == VERDICT_DIVERGED || row->verdict == VERDICT_NEW ||
           row->verdict == VERDICT_MISSING || row->verdict == VERDICT_FLAKY;
}

void judge_causes(struct judge *j, size_t cell, size_t first, const struct start *start)
{
    size_t image = j->run->cells[cell].image, of_start = SIZE_MAX;
    for (size_t i = first; i < j->ret->verdict_count; i++) {
        struct judged *row = &j->ret->verdicts[i];
        if (!is_divergence(row))
            continue;
        size_t broken = row->verdict == VERDICT_DIVERGED || row->verdict == VERDICT_MISSING
                            ? broken_behind(j, row)
                            : SIZE_MAX;
        if (broken != SIZE_MAX)
            row->cause = cause_of_pin(j, image, broken);
        if (!start->good && strcmp(row->check, START) == 0) {
            if (row->cause == SIZE_MAX)
                row->cause = cause_of_start(j, row);
            of_start = row->cause;
        }
        if (row->cause != SIZE_MAX)
            j->ret->causes[row->cause].divergence_count++;
    }
    for (size_t i = first; i < j->ret->verdict_count; i++)
        if (j->ret->verdicts[i].verdict == VERDICT_ABSENT)
            j->ret->verdicts[i].cause = of_start;
}
