/* SPDX-License-Identifier: Apache-2.0 */
/* From layers to a root in the store: verified on the way, done once, never seen half-done. */
#pragma once
#include "harness/base/pool.h"
#include "harness/base/sha256.h"
#include "harness/layer_limits.h"
#include "harness/layout.h"
#include "harness/store.h"

struct unpack_layer {
    const char *member;  /* its file in the layout; NULL: the layout's path is the layer */
    const char *digest;  /* as packed; NULL: unknown */
    int64_t size;        /* as packed, or BYTES_ANY_SIZE */
    const char *diff_id; /* unpacked; NULL only for a single layer: found out, and set here */
};

/* Chain id of the layers so far and one more diff id; chain is "" before the first. */
void unpack_chain(char chain[SHA256_TEXT_SIZE], const char *diff_id) NONNULL;

/* Chain id of all layers; "" when the diff id of the first is not known. */
void unpack_chain_of(const struct unpack_layer *layers, size_t count,
                     char ret[SHA256_TEXT_SIZE]) NONNULL;

/* Returns the root's directory (the caller frees it), or NULL with the error set. */
char *unpack_root(const struct store *store, struct pool *pool, const struct layout *layout,
                  const struct layer_limits *limits, struct unpack_layer *layers, size_t count,
                  char ret_chain[SHA256_TEXT_SIZE], struct error *e) NONNULL MUST_CHECK;
