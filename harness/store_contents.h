/* SPDX-License-Identifier: Apache-2.0 */
/* What the store holds, and for whom: images that were used refer to their root and, when they were
 * fetched, to the blobs of their manifest. */
#pragma once
#include "harness/store.h"

struct stored_image {
    const char *key;          /* of its file in images/, or in refs/ */
    bool is_reference;        /* only known what it means: no image of it was unpacked */
    struct store_image image; /* platform and chain NULL for a reference */
    int64_t used;             /* nanoseconds since 1970 */
    uint64_t bytes;           /* of its root and blobs, shared ones too */
    bool leaving;             /* its root and blobs are not for it any more */
};

struct stored_part { /* a root by its chain, or a blob */
    const char *digest;
    uint64_t bytes; /* on the disk; 0 for a root that is damaged */
    int64_t used;   /* newest use by an image or a reference that is not leaving; 0: by none */
    size_t mark;    /* of the image that was counted last */
};

struct store_contents { /* texts belong to pool */
    const struct store *store;
    struct pool *pool;
    struct stored_image *images; /* heap; the longest not used first */
    size_t image_count;
    struct stored_part *roots, *blobs; /* heap; by digest */
    size_t root_count, blob_count;
};

/* Files that are no part of a store are left out. Nothing in it can make this fail. */
void store_contents_read(const struct store *s, struct store_contents *ret) NONNULL;
void store_contents_done(struct store_contents *c) NONNULL;

/* Finds out anew what is used, and when, by the images that are not leaving. */
void store_contents_mark(struct store_contents *c) NONNULL;

/* Whether an image counts for people: a reference whose images are there says nothing new. */
bool store_contents_lists(const struct store_contents *c,
                          const struct stored_image *image) NONNULL MUST_CHECK;

/* Of everything, and of what was used at that time or later. */
uint64_t store_contents_bytes(const struct store_contents *c, int64_t since) NONNULL;
