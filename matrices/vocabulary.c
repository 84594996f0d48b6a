/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/vocabulary.h"

#include "harness/base/nearest.h"
#include <stdlib.h>
#include <string.h>

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void vocabulary_init(struct vocabulary *v, const struct check *checks, size_t count)
{
    *v = (struct vocabulary){pool_new(), must_calloc(count, sizeof *v->ids), count};
    for (size_t i = 0; i < count; i++)
        v->ids[i] = checks[i].id;
    if (count)
        qsort(v->ids, count, sizeof *v->ids, compare_ids);
}

void vocabulary_done(struct vocabulary *v)
{
    free(v->ids);
    pool_free(v->pool);
}

static bool knows(const struct vocabulary *v, const char *id)
{
    return v->count && bsearch(&id, v->ids, v->count, sizeof *v->ids, compare_ids);
}

static void check_id(const struct vocabulary *v, const struct rule *rule, struct faults *faults)
{
    if (knows(v, rule->check))
        return;
    struct nearest nearest = {.word = rule->check};
    for (size_t i = 0; i < v->count; i++)
        nearest_offer(&nearest, v->ids[i]);
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    faults_add(faults, &rule->check_at, "unknown check \"%s\"%s", rule->check, hint);
}

static void offer_facts(const struct vocabulary *v, struct nearest *nearest)
{
    for (size_t i = 0; i < v->count; i++) {
        enum area area;
        if (!area_of_check(v->ids[i], &area) || area != AREA_IMAGE)
            continue;
        const char *fact = strchr(v->ids[i], '.') + 1;
        bool taken = axis_by_name(v->pool, fact).kind != AXIS_FACT; /* libc: image-libc */
        nearest_offer(nearest, taken ? pool_printf(v->pool, "image-%s", fact) : fact);
    }
}

/* A misspelt word of `when` looks like a fact: so both are offered. */
static void check_axis(const struct vocabulary *v, const struct constraint *c,
                       struct faults *faults)
{
    if (c->axis.kind != AXIS_FACT || knows(v, c->axis.name))
        return;
    struct nearest nearest = {.word = c->word};
    for (int i = 0; i < WORD_FACT; i++)
        nearest_offer(&nearest, axis_word_name((enum axis_word)i));
    offer_facts(v, &nearest);
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    faults_add(faults, &c->at, "unknown axis \"%s\"%s", c->word, hint);
}

static void check_pin(const struct vocabulary *v, const struct matrix_pin *pin,
                      struct faults *faults)
{
    if (knows(v, pin->check))
        return;
    struct nearest nearest = {.word = pin->fact};
    offer_facts(v, &nearest);
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    faults_add(faults, &pin->key, "unknown fact \"%s\"%s", pin->fact, hint);
}

void vocabulary_check(const struct vocabulary *v, const struct matrix *m, bool shipped,
                      struct faults *faults)
{
    for (size_t i = 0; i < m->image_count && !shipped; i++)
        for (size_t k = 0; k < m->images[i].pin_count; k++)
            check_pin(v, &m->images[i].pins[k], faults);
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct rule *rule = &m->rules[i];
        if (rule->shipped != shipped)
            continue;
        bool first = i == 0 || m->rules[i - 1].file != rule->file ||
                     strcmp(m->rules[i - 1].check, rule->check) != 0;
        if (first)
            check_id(v, rule, faults);
        for (size_t k = 0; k < rule->when.count; k++)
            check_axis(v, &rule->when.list[k], faults);
    }
}
