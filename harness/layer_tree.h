/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a root while it is being filled, kept by real path (no links in it): every
 * directory, with the look that it gets in the end; what the present layer brought, which its own
 * whiteouts do not hide; and what could not be made as the image says. Memory only. */
#pragma once
#include "harness/layer_look.h"

struct layer_node {
    struct layer_node *parent;
    void *children; /* tsearch(3) tree of nodes by name */
    unsigned layer; /* the last that brought it, also by what lies beneath; from 1 on */
    bool directory;
    bool told; /* look is from an entry */
    struct layer_look look;
    char name[];
};

struct layer_node *layer_node_new(void) MUST_CHECK; /* the root */
void layer_node_free(struct layer_node *n);         /* with all beneath; NULL is fine */

/* NULL when nothing is known of it. */
struct layer_node *layer_node_find(const struct layer_node *dir, const char *name) NONNULL;
/* Finds or adds; n bytes of name. */
struct layer_node *layer_node_add(struct layer_node *dir, const char *name, size_t n) NONNULL;
/* Forgets it and all beneath; nothing to do for what is not known. */
void layer_node_remove(struct layer_node *dir, const char *name) NONNULL;
/* Forgets the children that another layer than this brought. */
void layer_node_prune(struct layer_node *dir, unsigned layer) NONNULL;
/* Takes over what look owns; NULL: there is nothing to tell any more. */
void layer_node_tell(struct layer_node *n, const struct layer_look *look)
    __attribute__((nonnull(1)));

/* Calls visit for each child, by byte value of the names; false ends it. */
bool layer_node_each(const struct layer_node *dir, bool (*visit)(struct layer_node *n, void *data),
                     void *data) __attribute__((nonnull(1, 2), warn_unused_result));
