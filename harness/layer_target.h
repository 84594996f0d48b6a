/* SPDX-License-Identifier: Apache-2.0 */
/* The directory that layers are applied to: finding and making parents, making room for an entry,
 * and taking away what a whiteout hides while keeping what the same layer brought. */
#pragma once
#include "harness/layer_path.h"

struct layer_target {
    int root;          /* borrowed */
    int parent;        /* the directory that was used last, or -1 */
    char *parent_path; /* its path */
    void *written;     /* tsearch(3) tree of the paths that the present layer brought */
    bool first;        /* nothing lies below the present layer */
};

void layer_target_init(struct layer_target *t, int root) NONNULL;
void layer_target_done(struct layer_target *t) NONNULL;

/* From here on, what is in place belongs to a lower layer. */
void layer_target_next_layer(struct layer_target *t) NONNULL;

/* Descriptor (O_PATH, kept by t) of the entry's parent, made with mode 0755 when it is missing;
 * -1 with the error set. */
int layer_target_parent(struct layer_target *t, const struct layer_path *p,
                        struct error *e) NONNULL MUST_CHECK;

/* Removes what is in the entry's place. */
bool layer_target_clear(struct layer_target *t, int parent, const struct layer_path *p,
                        struct error *e) NONNULL MUST_CHECK;

/* Remembers that the present layer brought this path, and so its parents. */
void layer_target_mark(struct layer_target *t, const char *path) NONNULL;

/* Carries out a whiteout or an opaque mark. */
bool layer_target_hide(struct layer_target *t, const struct layer_path *p,
                       struct error *e) NONNULL MUST_CHECK;
