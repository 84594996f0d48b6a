/* SPDX-License-Identifier: Apache-2.0 */
/* Holding a matrix, and asking it what it says. */
#include "matrices/matrix_data.h"

#include "matrices/vocabulary.h"
#include <stdlib.h>
#include <string.h>

struct matrix *matrix_new(void)
{
    struct matrix *m = must_calloc(1, sizeof *m);
    m->pool = pool_new();
    return m;
}

void matrix_free(struct matrix *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->rule_count; i++)
        rule_done(&m->rules[i]);
    for (size_t i = 0; i < m->image_count; i++) {
        free(m->images[i].platforms);
        free(m->images[i].pins);
    }
    free(m->files);
    free(m->seen);
    free(m->rules);
    free(m->images);
    free(m->platforms);
    free(m->flavors);
    pool_free(m->pool);
    free(m);
}

bool matrix_check(const struct matrix *m, const struct check *checks, size_t count, struct error *e)
{
    struct vocabulary v;
    struct faults faults = {NULL, 0, 0};
    vocabulary_init(&v, checks, count);
    vocabulary_check(&v, m, false, &faults);
    bool good = faults_report(&faults, e);
    faults_done(&faults);
    vocabulary_done(&v);
    return good;
}

const struct matrix_image *matrix_images(const struct matrix *m, size_t *ret_count)
{
    *ret_count = m->image_count;
    return m->images;
}

const struct platform *const *matrix_platforms(const struct matrix *m, size_t *ret_count)
{
    *ret_count = m->platform_count;
    return m->platforms;
}

const enum flavor *matrix_flavors(const struct matrix *m, size_t *ret_count)
{
    *ret_count = m->flavor_count;
    return m->flavors;
}

bool matrix_next_rule(const struct matrix *m, const char *check, size_t *cursor,
                      struct matrix_rule *ret)
{
    while (*cursor < m->rule_count) {
        const struct rule *r = &m->rules[(*cursor)++];
        if (check && strcmp(r->check, check) != 0)
            continue;
        *ret = (struct matrix_rule){
            .check = r->check,
            .at = r->location,
            .when = r->when.text,
            .expected = rule_expected(m->pool, r),
            .kind = rule_class_name(r->class),
            .reason = r->reason,
            .ref = r->ref,
            .expires = r->expires,
            .keep = r->keep,
            .shipped = r->shipped,
        };
        return true;
    }
    return false;
}
