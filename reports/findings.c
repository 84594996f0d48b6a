/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/findings.h"
#include "reports/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int compare_texts(const char *a, const char *b)
{
    if (a == b) /* texts are interned: this spares most comparisons */
        return 0;
    return !a ? -1 : !b ? 1 : strcmp(a, b);
}

static int compare_numbers(size_t a, size_t b)
{
    return a == b ? 0 : a < b ? -1 : 1;
}

static int compare_causes(const struct judgement *j, size_t a, size_t b)
{
    if (a == b || a == SIZE_MAX || b == SIZE_MAX)
        return compare_numbers(a, b);
    const struct cause *x = &j->causes[a], *y = &j->causes[b];
    int order = compare_texts(j->run->images[x->image].name, j->run->images[y->image].name);
    return order ? order : compare_texts(x->text, y->text);
}

static int compare_seen(const struct judged *a, const struct judged *b)
{
    int order = compare_texts(a->check, b->check);
    order = order ? order : compare_numbers(a->verdict, b->verdict);
    order = order ? order : compare_numbers(a->status, b->status);
    order = order ? order : compare_texts(a->expected, b->expected);
    return order ? order : compare_texts(a->observed, b->observed);
}

static int compare_divergences(const void *a, const void *b, void *judgement)
{
    const struct judged *x = *(const struct judged *const *)a;
    const struct judged *y = *(const struct judged *const *)b;
    int order = compare_causes(judgement, x->cause, y->cause);
    order = order ? order : compare_seen(x, y);
    return order ? order : compare_numbers(x->cell, y->cell);
}

static int compare_errors(const void *a, const void *b, void *judgement)
{
    const struct judged *x = *(const struct judged *const *)a;
    const struct judged *y = *(const struct judged *const *)b;
    (void)judgement;
    int order = compare_texts(x->observed, y->observed);
    order = order ? order : compare_numbers(x->cell, y->cell);
    return order ? order : compare_texts(x->check, y->check);
}

static int compare_excused(const void *a, const void *b, void *judgement)
{
    const struct judged *x = *(const struct judged *const *)a;
    const struct judged *y = *(const struct judged *const *)b;
    (void)judgement;
    int order = compare_texts(x->check, y->check);
    order = order ? order : compare_texts(findings_reason(x), findings_reason(y));
    return order ? order : compare_numbers(x->cell, y->cell);
}

static struct findings pick(const struct judgement *j, bool (*wanted)(enum verdict, enum verdict),
                            enum verdict verdict,
                            int (*compare)(const void *, const void *, void *))
{
    struct findings f = {0};
    for (size_t i = 0; i < j->verdict_count; i++)
        if (wanted(j->verdicts[i].verdict, verdict))
            *ARRAY_ADD(&f.rows, &f.count) = &j->verdicts[i];
    if (f.count > 0)
        qsort_r(f.rows, f.count, sizeof *f.rows, compare, (void *)j);
    return f;
}

static bool is_divergence(enum verdict v, enum verdict wanted)
{
    (void)wanted;
    return report_diverges(v);
}

static bool is_equal(enum verdict v, enum verdict wanted)
{
    return v == wanted;
}

struct findings findings_divergences(const struct judgement *j)
{
    return pick(j, is_divergence, VERDICT_DIVERGED, compare_divergences);
}

struct findings findings_errors(const struct judgement *j)
{
    return pick(j, is_equal, VERDICT_ERROR, compare_errors);
}

struct findings findings_excused(const struct judgement *j, enum verdict v)
{
    return pick(j, is_equal, v, compare_excused);
}

void findings_done(struct findings *f)
{
    free(f->rows);
    *f = (struct findings){NULL, 0};
}

bool findings_same_heading(const struct judgement *j, const struct judged *a,
                           const struct judged *b)
{
    if (compare_causes(j, a->cause, b->cause) != 0)
        return false;
    return a->cause != SIZE_MAX || compare_texts(a->check, b->check) == 0;
}

bool findings_same(const struct judged *a, const struct judged *b)
{
    return compare_seen(a, b) == 0;
}

const char *findings_reason(const struct judged *v)
{
    return v->reason ? v->reason : v->observed;
}
