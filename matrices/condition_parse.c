/* SPDX-License-Identifier: Apache-2.0 */
/* `when` from YAML: every word, value and version is looked at, every fault is told. */
#include "matrices/condition.h"

#include "harness/base/nearest.h"
#include "harness/base/text.h"
#include <stdlib.h>
#include <string.h>

enum { LIST_LIMIT = 256, TEXT_LIMIT = 256 };

struct parser {
    struct pool *pool;
    struct faults *faults;
};

/* The values of one axis, without their "!". */
struct values {
    const struct node *nodes[LIST_LIMIT];
    const char *texts[LIST_LIMIT];
    size_t count;
    bool negated;
};

static bool add_value(struct parser *p, struct values *v, const struct node *node)
{
    if (node->kind != NODE_SCALAR || !*node->text) {
        faults_add(p->faults, &node->at, "%s",
                   node->kind != NODE_SCALAR ? "a value must be a text" : "the value is empty");
        return false;
    }
    if (v->count == LIST_LIMIT || strlen(node->text) > TEXT_LIMIT) {
        faults_add(p->faults, &node->at, "more than %d values, or longer than %d bytes", LIST_LIMIT,
                   TEXT_LIMIT);
        return false;
    }
    bool negated = node->text[0] == '!';
    if (v->count && negated != v->negated) {
        faults_add(p->faults, &node->at, "a list names values, or negates all of them with \"!\"");
        return false;
    }
    const char *text = node->text + negated;
    v->negated = negated;
    v->nodes[v->count] = node;
    v->texts[v->count++] = text + strspn(text, " ");
    return true;
}

static bool read_values(struct parser *p, const struct node *node, struct values *ret)
{
    ret->count = 0;
    if (node->kind == NODE_SCALAR)
        return add_value(p, ret, node);
    if (node->kind == NODE_MAP || !node->first) {
        faults_add(p->faults, &node->at, "a value or a list of values belongs here");
        return false;
    }
    bool good = true;
    for (const struct node *child = node->first; child; child = child->next)
        good &= add_value(p, ret, child);
    return good;
}

/* The members of a masked axis that have the value; 0 after telling the fault. */
static uint32_t mask_of_value(struct parser *p, const struct axis *axis, const struct node *node,
                              const char *text)
{
    uint32_t mask = 0;
    struct nearest nearest = {.word = text};
    for (size_t i = 0; i < axis_member_count(axis->kind); i++) {
        const char *known = axis_member_value(axis->word, i);
        if (strcmp(known, text) == 0)
            mask |= 1u << i;
        nearest_offer(&nearest, known);
    }
    if (mask)
        return mask;
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    CLEANUP_TEXT struct text known = TEXT_INIT;
    for (size_t i = 0; i < axis_member_count(axis->kind); i++) {
        const char *value = axis_member_value(axis->word, i);
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before |= strcmp(axis_member_value(axis->word, k), value) == 0;
        if (!before)
            text_printf(&known, "%s%s", known.length ? ", " : "", value);
    }
    faults_add(p->faults, &node->at, "unknown %s \"%s\"%s; known: %s", axis->name, text, hint,
               text_get(&known));
    return 0;
}

static void apply_mask(struct parser *p, const struct axis *axis, const struct values *v,
                       struct condition *c)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < v->count; i++)
        mask |= mask_of_value(p, axis, v->nodes[i], v->texts[i]);
    uint32_t *target = axis->kind == AXIS_FLAVOR     ? &c->flavors
                       : axis->kind == AXIS_PLATFORM ? &c->platforms
                                                     : &c->emulated;
    *target &= v->negated ? ~mask : mask;
}

/* A list of comparisons admits what any admits; a negated one what none admits. */
static bool read_versions(struct parser *p, const struct values *v, struct intervals *ret)
{
    bool good = true;
    struct intervals outside = intervals_all(p->pool);
    for (size_t i = 0; i < v->count; i++) {
        struct intervals one;
        const char *wrong = intervals_parse(p->pool, v->texts[i], &one);
        if (wrong) {
            faults_add(p->faults, &v->nodes[i]->at, "%s", wrong);
            good = false;
            continue;
        }
        one = intervals_without(p->pool, &one);
        outside = intervals_both(p->pool, &outside, &one);
    }
    *ret = v->negated ? outside : intervals_without(p->pool, &outside);
    return good;
}

static struct names read_names(struct parser *p, const struct values *v, bool globs)
{
    struct names names = {.globs = globs, .all = v->negated};
    const char **list = pool_alloc(p->pool, v->count * sizeof *list);
    for (size_t i = 0; i < v->count; i++)
        list[i] = pool_intern(p->pool, v->texts[i]);
    *(v->negated ? &names.out : &names.in) = list;
    *(v->negated ? &names.out_count : &names.in_count) = v->count;
    return names;
}

static void describe_values(struct text *text, const struct node *node)
{
    if (node->kind == NODE_SCALAR) {
        text_add(text, node->text);
        return;
    }
    for (const struct node *child = node->first; child; child = child->next)
        text_printf(text, "%s%s", child == node->first ? "[" : ", ",
                    child->kind == NODE_SCALAR ? child->text : "?");
    text_add(text, "]");
}

static void apply_set(struct parser *p, const struct node *node, const struct axis *axis,
                      const struct values *v, struct condition *c)
{
    struct constraint one = {.axis = *axis, .at = node->key->at, .word = node->key->text};
    one.set.kind = axis->set;
    if (axis->set == SET_VERSIONS && !read_versions(p, v, &one.set.versions))
        return;
    if (axis->set != SET_VERSIONS)
        one.set.names = read_names(p, v, axis->set == SET_GLOBS);
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->list[i].axis.name, axis->name) == 0 && c->list[i].axis.word == axis->word) {
            faults_add(p->faults, &node->key->at, "\"%s\" and \"%s\" are one fact", c->list[i].word,
                       one.word);
            return;
        }
    }
    if (axis->word == WORD_EMULATOR_VERSION)
        c->emulated &= EMULATED_YES;
    CLEANUP_TEXT struct text key = TEXT_INIT;
    text_printf(&key, "%s ", axis->name);
    describe_values(&key, node);
    one.key = pool_intern(p->pool, text_get(&key));
    c->list[c->count++] = one;
}

static void parse_axis(struct parser *p, const struct node *node, struct condition *c)
{
    struct axis axis = axis_by_name(p->pool, node->key->text);
    struct values values;
    if (!*node->key->text || !read_values(p, node, &values))
        return;
    if (axis.kind == AXIS_OPEN || axis.kind == AXIS_FACT)
        apply_set(p, node, &axis, &values, c);
    else
        apply_mask(p, &axis, &values, c);
}

static int compare_constraints(const void *a, const void *b)
{
    const struct constraint *x = a, *y = b;
    if (x->axis.word != y->axis.word)
        return x->axis.word < y->axis.word ? -1 : 1;
    return strcmp(x->axis.name, y->axis.name);
}

struct condition condition_parse(struct pool *pool, const struct node *when, bool image_area,
                                 struct faults *faults)
{
    struct condition c = condition_all(image_area);
    struct parser p = {pool, faults};
    if (!when)
        return c;
    if (when->kind != NODE_MAP) {
        faults_add(faults, &when->at, "when must be a map of axes, this is %s",
                   node_kind_name(when->kind));
        return c;
    }
    c.list = pool_alloc(pool, (when->count + 1) * sizeof *c.list);
    CLEANUP_TEXT struct text text = TEXT_INIT;
    for (const struct node *node = when->first; node; node = node->next) {
        parse_axis(&p, node, &c);
        text_printf(&text, "%s%s: ", text.length ? ", " : "", node->key->text);
        describe_values(&text, node);
    }
    if (c.count > 1)
        qsort(c.list, c.count, sizeof *c.list, compare_constraints);
    c.text = pool_intern(pool, text_get(&text));
    return c;
}
