/* SPDX-License-Identifier: Apache-2.0 */
/* The directory that layers are applied to: finding and making parents, making room for an entry,
 * taking away what a whiteout hides while keeping what the same layer brought, and giving
 * directories their looks once nothing more comes beneath them. */
#pragma once
#include "harness/layer_path.h"
#include "harness/layer_tree.h"

struct layer_target {
    int root;                          /* borrowed */
    const struct layer_limits *limits; /* borrowed */
    struct layer_node *tree;           /* what is known of root */
    unsigned layer;                    /* the present one, from 1 on */
    uint64_t implied;                  /* directories made that no entry had brought by then */
    /* the parent that was used last */
    int parent;  /* or -1 */
    char *spelt; /* its path as the archive spells it */
    struct layer_node *parent_node;
};

void layer_target_init(struct layer_target *t, int root, const struct layer_limits *limits) NONNULL;
void layer_target_done(struct layer_target *t) NONNULL;

/* From here on, what is in place belongs to a lower layer. */
void layer_target_next_layer(struct layer_target *t) NONNULL;

/* Finds the entry's parent, made with mode 0755 when it is missing, and leaves it in t->parent
 * (O_PATH) and t->parent_node. */
bool layer_target_enter(struct layer_target *t, const struct layer_path *p,
                        struct error *e) NONNULL MUST_CHECK;

/* Removes what is in place of a name in the entered parent. */
bool layer_target_clear(struct layer_target *t, const char *name,
                        struct error *e) NONNULL MUST_CHECK;

/* Remembers that the present layer brought the entry; look (may be NULL), which is taken over, is
 * what the end or the record needs to know of it. */
void layer_target_mark(struct layer_target *t, const char *name, const struct layer_look *look)
    __attribute__((nonnull(1, 2)));

/* Carries out a whiteout or an opaque mark. */
bool layer_target_hide(struct layer_target *t, const struct layer_path *p,
                       struct error *e) NONNULL MUST_CHECK;

/* Gives every directory its look, those beneath it first. */
bool layer_target_finish(struct layer_target *t, struct layer_powers *powers,
                         struct error *e) NONNULL MUST_CHECK;
