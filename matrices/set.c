/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/set.h"

#include "harness/base/version.h"

struct set set_all(struct pool *pool, enum set_kind kind)
{
    struct set s = {.kind = kind, .unknown = true};
    s.names.all = true;
    s.names.globs = kind == SET_GLOBS;
    s.versions = intervals_all(pool);
    return s;
}

bool set_contains(const struct set *s, const char *value)
{
    if (s->kind == SET_VERSIONS)
        return value && version_valid(value) ? intervals_contain(&s->versions, value) : s->unknown;
    return value ? names_contain(&s->names, value) : s->unknown;
}

bool set_empty(const struct set *s)
{
    return !s->unknown &&
           (s->kind == SET_VERSIONS ? s->versions.count == 0 : names_empty(&s->names));
}

struct set set_both(struct pool *pool, const struct set *a, const struct set *b)
{
    struct set s = {.kind = a->kind, .unknown = a->unknown && b->unknown};
    if (a->kind == SET_VERSIONS)
        s.versions = intervals_both(pool, &a->versions, &b->versions);
    else
        s.names = names_both(pool, &a->names, &b->names);
    return s;
}

struct set set_minus(struct pool *pool, const struct set *a, const struct set *b)
{
    struct set s = {.kind = a->kind, .unknown = a->unknown && !b->unknown};
    if (a->kind == SET_VERSIONS) {
        struct intervals rest = intervals_without(pool, &b->versions);
        s.versions = intervals_both(pool, &a->versions, &rest);
    } else {
        s.names = names_minus(pool, &a->names, &b->names);
    }
    return s;
}
