/* SPDX-License-Identifier: Apache-2.0 */
/* How much an image may ask for. Each limit has a name, by which the user changes it
 * (--unpack-limit NAME=VALUE) and every error speaks of it. */
#pragma once
#include "harness/bytes.h"

struct layer_limits {
    uint64_t entries; /* of all layers together, with the directories that they imply */
    uint64_t bytes;   /* of all files of all layers together, holes too */
    uint64_t ratio;   /* unpacked bytes per packed byte of a layer, beyond ratio_from bytes */
    uint64_t path;    /* bytes of a path, and of a symbolic link */
    uint64_t nesting; /* components of a path */
    uint64_t memory;  /* bytes of all layers that wait, unpacked, for their turn */
    uint64_t ratio_from;
};

extern const struct layer_limits layer_default_limits;

/* Takes "NAME=VALUE", or several with commas between them; VALUE is a number above 0, with K, M, G
 * or T for powers of 1024. A fault is ERROR_USAGE. */
bool layer_limits_parse(struct layer_limits *l, const char *text,
                        struct error *e) NONNULL MUST_CHECK;

/* Fails with "WHAT: the limit is N; --unpack-limit NAME=N raises it". Returns false. */
bool layer_limits_error(const struct layer_limits *l, const char *name, const char *what,
                        struct error *e) NONNULL;

/* A stage (bytes.h) that ends a layer which unpacks to more than its ratio. *packed: the bytes that
 * a stage below has read; l and packed must outlive the stage. */
struct bytes *layer_limits_watch(struct bytes *source, const uint64_t *packed,
                                 const struct layer_limits *l) NONNULL MUST_CHECK;
