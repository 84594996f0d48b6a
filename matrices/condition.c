/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/condition.h"

#include <string.h>

enum { WORK_LIMIT = 2000 };

struct condition condition_all(bool image_area)
{
    uint32_t none = 1u << FLAVOR_NONE;
    return (struct condition){.flavors = image_area ? none : none - 1,
                              .platforms = (1u << platform_count) - 1,
                              .emulated = EMULATED_NO | EMULATED_YES,
                              .text = ""};
}

bool condition_empty(const struct condition *c)
{
    if (!c->flavors || !c->platforms || !c->emulated)
        return true;
    for (size_t i = 0; i < c->count; i++)
        if (set_empty(&c->list[i].set))
            return true;
    return false;
}

static const struct constraint *find(const struct condition *c, const struct axis *axis)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->list[i].axis.word == axis->word && strcmp(c->list[i].axis.name, axis->name) == 0)
            return &c->list[i];
    return NULL;
}

bool condition_within(struct pool *pool, const struct condition *a, const struct condition *b)
{
    if ((a->flavors & ~b->flavors) || (a->platforms & ~b->platforms) ||
        (a->emulated & ~b->emulated))
        return false;
    for (size_t i = 0; i < b->count; i++) {
        const struct constraint *c = find(a, &b->list[i].axis);
        if (!c)
            return false;
        struct set outside = set_minus(pool, &c->set, &b->list[i].set);
        if (!set_empty(&outside))
            return false;
    }
    return true;
}

/* A copy of c that has a constraint on every axis of both; where c had none it admits all. */
static struct condition spread(struct pool *pool, const struct condition *c,
                               const struct condition *other)
{
    struct condition ret = *c;
    ret.list = pool_alloc(pool, (c->count + other->count + 1) * sizeof *ret.list);
    if (c->count)
        memcpy(ret.list, c->list, c->count * sizeof *ret.list);
    for (size_t i = 0; i < other->count; i++) {
        const struct axis *axis = &other->list[i].axis;
        if (find(c, axis))
            continue;
        ret.list[ret.count].axis = *axis;
        ret.list[ret.count++].set = set_all(pool, axis->set);
    }
    return ret;
}

struct condition condition_both(struct pool *pool, const struct condition *a,
                                const struct condition *b)
{
    struct condition ret = spread(pool, a, b);
    ret.flavors &= b->flavors;
    ret.platforms &= b->platforms;
    ret.emulated &= b->emulated;
    for (size_t i = 0; i < ret.count; i++) {
        const struct constraint *c = find(b, &ret.list[i].axis);
        if (c)
            ret.list[i].set = set_both(pool, &ret.list[i].set, &c->set);
    }
    return ret;
}

struct cover {
    struct pool *pool;
    const struct condition *const *others;
    size_t count, work;
};

static bool covered_from(struct cover *cover, const struct condition *box, size_t next);

/* box with one of its masks reduced to what other leaves over must be covered by the rest. */
static bool mask_covered(struct cover *cover, struct condition *box, uint32_t *mask, uint32_t other,
                         size_t next)
{
    uint32_t whole = *mask;
    *mask = whole & ~other;
    if (*mask && !covered_from(cover, box, next))
        return false;
    *mask = whole & other;
    return true;
}

/* Cuts box axis by axis at the other's sides; what lies outside must be covered by the rest. */
static bool outside_covered(struct cover *cover, const struct condition *whole,
                            const struct condition *other, size_t next)
{
    struct condition box = spread(cover->pool, whole, other);
    if (!mask_covered(cover, &box, &box.flavors, other->flavors, next) ||
        !mask_covered(cover, &box, &box.platforms, other->platforms, next) ||
        !mask_covered(cover, &box, &box.emulated, other->emulated, next))
        return false;
    for (size_t i = 0; i < box.count; i++) {
        const struct constraint *c = find(other, &box.list[i].axis);
        if (!c)
            continue;
        struct set inside = set_both(cover->pool, &box.list[i].set, &c->set);
        box.list[i].set = set_minus(cover->pool, &box.list[i].set, &c->set);
        if (!set_empty(&box.list[i].set) && !covered_from(cover, &box, next))
            return false;
        box.list[i].set = inside;
    }
    return true;
}

static bool covered_from(struct cover *cover, const struct condition *box, size_t next)
{
    if (condition_empty(box))
        return true;
    if (next == cover->count || ++cover->work > WORK_LIMIT)
        return false;
    struct condition common = condition_both(cover->pool, box, cover->others[next]);
    if (condition_empty(&common))
        return covered_from(cover, box, next + 1);
    return outside_covered(cover, box, cover->others[next], next + 1);
}

bool condition_covered(struct pool *pool, const struct condition *c,
                       const struct condition *const *others, size_t count)
{
    struct cover cover = {pool, others, count, 0};
    return covered_from(&cover, c, 0);
}
