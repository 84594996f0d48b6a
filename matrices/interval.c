/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/interval.h"

#include "harness/base/version.h"
#include <string.h>

struct intervals intervals_all(struct pool *pool)
{
    return (struct intervals){pool_alloc(pool, sizeof(struct interval)), 1};
}

/* Order of two lower ends: the one that lets in more comes first. */
static int compare_low(const struct interval *a, const struct interval *b)
{
    if (!a->low || !b->low)
        return a->low ? 1 : b->low ? -1 : 0;
    int order = version_compare(a->low, b->low);
    return order ? order : b->low_in - a->low_in;
}

static int compare_high(const struct interval *a, const struct interval *b)
{
    if (!a->high || !b->high)
        return a->high ? -1 : b->high ? 1 : 0;
    int order = version_compare(a->high, b->high);
    return order ? order : a->high_in - b->high_in;
}

static bool is_empty(const struct interval *i)
{
    if (!i->low || !i->high)
        return false;
    int order = version_compare(i->low, i->high);
    return order > 0 || (order == 0 && !(i->low_in && i->high_in));
}

static struct interval overlap(const struct interval *a, const struct interval *b)
{
    const struct interval *low = compare_low(a, b) > 0 ? a : b;
    const struct interval *high = compare_high(a, b) < 0 ? a : b;
    return (struct interval){low->low, high->high, low->low_in, high->high_in};
}

bool intervals_contain(const struct intervals *v, const char *version)
{
    struct interval point = {version, version, true, true};
    for (size_t i = 0; i < v->count; i++) {
        struct interval common = overlap(&v->list[i], &point);
        if (!is_empty(&common))
            return true;
    }
    return false;
}

struct intervals intervals_both(struct pool *pool, const struct intervals *a,
                                const struct intervals *b)
{
    struct intervals ret = {NULL, 0};
    if (!a->count || !b->count)
        return ret;
    ret.list = pool_alloc(pool, (a->count + b->count) * sizeof *ret.list);
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        struct interval common = overlap(&a->list[i], &b->list[j]);
        if (!is_empty(&common))
            ret.list[ret.count++] = common;
        if (compare_high(&a->list[i], &b->list[j]) < 0)
            i++;
        else
            j++;
    }
    return ret;
}

/* The gaps: before the first, between any two, after the last. */
struct intervals intervals_without(struct pool *pool, const struct intervals *v)
{
    struct intervals ret = {pool_alloc(pool, (v->count + 1) * sizeof(struct interval)), 0};
    struct interval gap = {NULL, NULL, false, false};
    bool open = true; /* whether the gap has a beginning: not after an interval without end */
    for (size_t i = 0; i < v->count; i++) {
        gap.high = v->list[i].low;
        gap.high_in = !v->list[i].low_in;
        if (v->list[i].low && !is_empty(&gap))
            ret.list[ret.count++] = gap;
        open = v->list[i].high != NULL;
        gap = (struct interval){v->list[i].high, NULL, !v->list[i].high_in, false};
    }
    if (open)
        ret.list[ret.count++] = gap;
    return ret;
}

static const struct operation {
    const char *sign;
    bool low, high, equal; /* whether the version is an end, and whether it lies within */
} operations[] = {
    {"<=", false, true, true}, {">=", true, false, true}, {"==", true, true, true},
    {"<", false, true, false}, {">", true, false, false}, {"=", true, true, true},
    {"", true, true, true}, /* last: what is left must be a version */
};

static const char *parse_one(struct pool *pool, const char *text, size_t length,
                             struct interval *ret)
{
    static const char allowed[] =
        "0123456789.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+~_-";
    const char *part = pool_intern_n(pool, text, length);
    const struct operation *o = operations;
    while (strncmp(part, o->sign, strlen(o->sign)) != 0)
        o++;
    const char *version = part + strlen(o->sign);
    version += strspn(version, " ");
    if (!version_valid(version) || version[strspn(version, allowed)])
        return pool_printf(pool, "\"%s\" is no version comparison like \"<1.2.4\"", part);
    *ret = (struct interval){o->low ? version : NULL, o->high ? version : NULL, o->low && o->equal,
                             o->high && o->equal};
    return NULL;
}

const char *intervals_parse(struct pool *pool, const char *text, struct intervals *ret)
{
    struct intervals all = intervals_all(pool);
    for (const char *part = text;;) {
        part += strspn(part, " ");
        size_t length = strcspn(part, ","), trimmed = length;
        while (trimmed && part[trimmed - 1] == ' ')
            trimmed--;
        struct interval one = {NULL, NULL, false, false};
        const char *wrong = parse_one(pool, part, trimmed, &one);
        if (wrong)
            return wrong;
        all = intervals_both(pool, &all, &(struct intervals){&one, 1});
        if (!part[length])
            break;
        part += length + 1;
    }
    if (!all.count)
        return pool_printf(pool, "no version is \"%s\"", text);
    *ret = all;
    return NULL;
}
