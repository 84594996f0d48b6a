/* SPDX-License-Identifier: Apache-2.0 */
/* A YAML file as a tree whose nodes know where they stand. Scalars are texts as they are written:
 * nothing becomes a number, a date or a truth value by itself. */
#pragma once
#include "matrices/position.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct position at;
    const char *text; /* of a scalar; without NUL and control bytes */
    bool quoted;
    const struct node *key; /* of a map's child: always a scalar */
    struct node *first, *next;
    size_t count; /* of the children */
};

/* "a text", "a list", "a map" */
const char *node_kind_name(enum node_kind kind);

/* The child of a map by its key; NULL when there is none, or node is no map. */
const struct node *node_get(const struct node *node, const char *key) NONNULL;

/* Reads one document. Memory, and file (a name for people), are the pool's. Duplicate keys, keys
 * that are no texts, tags, aliases and whatever is beyond the limits (size, depth, nodes) are
 * faults; NULL when there is no tree to go on with. */
const struct node *node_parse(struct pool *pool, const char *file, const char *text, size_t length,
                              struct faults *faults) NONNULL MUST_CHECK;
