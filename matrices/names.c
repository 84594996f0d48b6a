/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/names.h"

#include <stdlib.h>
#include <string.h>

/* symbols: text is a glob itself, whose "*" only a "*" takes in. */
static bool matches(const char *glob, const char *text, bool symbols)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*glob == '*') {
            star = glob++;
            resume = text;
        } else if ((*glob == '?' && !(symbols && *text == '*')) || (*glob && *glob == *text)) {
            glob++;
            text++;
        } else if (star) {
            glob = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    return glob[strspn(glob, "*")] == '\0';
}

bool glob_matches(const char *glob, const char *text)
{
    return matches(glob, text, false);
}

static bool within(bool globs, const char *a, const char *b)
{
    return globs ? matches(b, a, true) : strcmp(a, b) == 0;
}

/* Whether one text matches both: backwards over the pairs of positions. */
static bool globs_meet(const char *a, const char *b)
{
    size_t na = strlen(a), nb = strlen(b), width = nb + 1;
    CLEANUP_FREE bool *meet = must_calloc((na + 1) * width, sizeof *meet);
    for (size_t i = na + 1; i-- > 0;) {
        for (size_t j = nb + 1; j-- > 0;) {
            bool *here = &meet[i * width + j];
            if (i == na && j == nb)
                *here = true;
            else if (i < na && a[i] == '*')
                *here = here[width] || (j < nb && here[1]);
            else if (j < nb && b[j] == '*')
                *here = here[1] || (i < na && here[width]);
            else if (i < na && j < nb && (a[i] == b[j] || a[i] == '?' || b[j] == '?'))
                *here = here[width + 1];
        }
    }
    return meet[0];
}

static bool one_contains(bool globs, const char *listed, const char *name)
{
    return globs ? glob_matches(listed, name) : strcmp(listed, name) == 0;
}

bool names_contain(const struct names *n, const char *name)
{
    bool found = n->all;
    for (size_t i = 0; i < n->in_count && !found; i++)
        found = one_contains(n->globs, n->in[i], name);
    for (size_t i = 0; i < n->out_count && found; i++)
        found = !one_contains(n->globs, n->out[i], name);
    return found;
}

static bool covered(bool globs, const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (within(globs, name, list[i]))
            return true;
    return false;
}

bool names_empty(const struct names *n)
{
    if (n->all)
        return n->globs && covered(true, "*", n->out, n->out_count);
    for (size_t i = 0; i < n->in_count; i++)
        if (!covered(n->globs, n->in[i], n->out, n->out_count))
            return false;
    return true;
}

static const char *common(bool globs, const char *a, const char *b)
{
    if (within(globs, a, b))
        return a;
    if (within(globs, b, a))
        return b;
    return globs && globs_meet(a, b) ? a : NULL;
}

static const char **joined(struct pool *pool, const char **a, size_t na, const char **b, size_t nb)
{
    const char **list = pool_alloc(pool, (na + nb + 1) * sizeof *list);
    if (na)
        memcpy(list, a, na * sizeof *list);
    if (nb)
        memcpy(list + na, b, nb * sizeof *list);
    return list;
}

static void set_in(struct pool *pool, struct names *ret, const struct names *a, const char **list,
                   size_t count)
{
    ret->in = pool_alloc(pool, (a->in_count * count + 1) * sizeof *ret->in);
    for (size_t i = 0; i < a->in_count; i++) {
        for (size_t j = 0; j < count; j++) {
            const char *name = common(a->globs, a->in[i], list[j]);
            if (name)
                ret->in[ret->in_count++] = name;
        }
    }
}

struct names names_both(struct pool *pool, const struct names *a, const struct names *b)
{
    struct names ret = {.globs = a->globs, .all = a->all && b->all};
    if (!ret.all && (a->all || b->all)) {
        ret.in = a->all ? b->in : a->in;
        ret.in_count = a->all ? b->in_count : a->in_count;
    } else if (!ret.all) {
        set_in(pool, &ret, a, b->in, b->in_count);
    }
    ret.out = joined(pool, a->out, a->out_count, b->out, b->out_count);
    ret.out_count = a->out_count + b->out_count;
    return ret;
}

struct names names_minus(struct pool *pool, const struct names *a, const struct names *b)
{
    struct names rest = {.globs = a->globs, .all = !b->all};
    if (b->all) {
        rest.in = b->out;
        rest.in_count = b->out_count;
    } else {
        rest.out = b->in;
        rest.out_count = b->in_count;
    }
    return names_both(pool, a, &rest);
}
