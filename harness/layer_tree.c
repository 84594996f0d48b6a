/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_tree.h"
#include "harness/base/pool.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct layer_node *layer_node_new(void)
{
    return must_calloc(1, sizeof(struct layer_node) + 1);
}

static void free_child(void *n)
{
    layer_node_free(n);
}

void layer_node_free(struct layer_node *n)
{
    if (!n)
        return;
    tdestroy(n->children, free_child);
    layer_look_done(&n->look);
    free(n);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct layer_node *)a)->name, ((const struct layer_node *)b)->name);
}

struct layer_node *layer_node_find(const struct layer_node *dir, const char *name)
{
    if (!dir->children)
        return NULL;
    size_t size = strlen(name) + 1;
    CLEANUP_FREE struct layer_node *key = must_calloc(1, sizeof *key + size);
    memcpy(key->name, name, size);
    struct layer_node **found = tfind(key, &dir->children, compare);
    return found ? *found : NULL;
}

struct layer_node *layer_node_add(struct layer_node *dir, const char *name, size_t n)
{
    struct layer_node *key = must_calloc(1, sizeof *key + n + 1);
    memcpy(key->name, name, n);
    struct layer_node **found = tsearch(key, &dir->children, compare);
    if (!found)
        abort();
    if (*found != key)
        free(key);
    else
        key->parent = dir;
    return *found;
}

void layer_node_remove(struct layer_node *dir, const char *name)
{
    struct layer_node *n = layer_node_find(dir, name);
    if (!n)
        return;
    tdelete(n, &dir->children, compare);
    layer_node_free(n);
}

void layer_node_tell(struct layer_node *n, const struct layer_look *look)
{
    layer_look_done(&n->look);
    n->look = look ? *look : (struct layer_look){0};
    n->told = look != NULL;
    n->directory = look && S_ISDIR(look->mode);
}

/* ---- in order ---- */

struct walk {
    bool (*visit)(struct layer_node *n, void *data);
    void *data;
    bool ok;
};

static void step(const void *node, VISIT which, void *walk)
{
    struct walk *w = walk;
    if (w->ok && (which == postorder || which == leaf))
        w->ok = w->visit(*(struct layer_node *const *)node, w->data);
}

bool layer_node_each(const struct layer_node *dir, bool (*visit)(struct layer_node *n, void *data),
                     void *data)
{
    struct walk w = {visit, data, true};
    twalk_r(dir->children, step, &w);
    return w.ok;
}

struct stale {
    unsigned layer;
    struct layer_node **items; /* heap */
    size_t count;
};

static bool collect_stale(struct layer_node *n, void *data)
{
    struct stale *s = data;
    if (n->layer != s->layer)
        *ARRAY_ADD(&s->items, &s->count) = n;
    return true;
}

void layer_node_prune(struct layer_node *dir, unsigned layer)
{
    struct stale s = {layer, NULL, 0};
    if (!layer_node_each(dir, collect_stale, &s))
        abort();
    for (size_t i = 0; i < s.count; i++) {
        tdelete(s.items[i], &dir->children, compare);
        layer_node_free(s.items[i]);
    }
    free(s.items);
}
