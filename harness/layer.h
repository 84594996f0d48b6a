/* SPDX-License-Identifier: Apache-2.0 */
/* Applying layers (tar files with whiteouts, OCI image spec "layer") to an empty directory.
 *
 * Nothing leaves the root: every parent is resolved beneath it (tree.h), the last component is
 * never followed, hard links reach only what the image brought. What an ordinary user may not
 * create, and what nobody should get from a foreign archive, is recorded instead: other owners and
 * setuid bits (created as root), devices and extended attributes (never created). */
#pragma once
#include "harness/base/text.h"
#include "harness/bytes.h"

struct layer_limits {
    uint64_t entries; /* of all layers together */
    uint64_t bytes;   /* unpacked, of all layers together */
    uint64_t ratio;   /* unpacked bytes per packed byte, beyond the first ratio_from bytes */
    uint64_t ratio_from;
    size_t path, depth; /* bytes and components of a path */
    size_t link;        /* bytes of a symbolic link */
};

extern const struct layer_limits layer_default_limits;

struct layers; /* opaque: a root that is being filled */

/* root is a directory descriptor (borrowed), of an empty directory of ours. */
struct layers *layers_new(int root, const struct layer_limits *limits) NONNULL MUST_CHECK;
void layers_free(struct layers *l);

/* Applies one layer over the ones before, from an uncompressed tar. packed (may be NULL) counts the
 * compressed bytes read so far, for the limit of the ratio. */
bool layers_apply(struct layers *l, struct bytes *tar, const uint64_t *packed, struct error *e)
    __attribute__((nonnull(1, 2, 4), warn_unused_result));

/* Gives directories the times that the layers told; after the last layer. */
bool layers_finish(struct layers *l, struct error *e) NONNULL MUST_CHECK;

/* Adds the JSON object of what was recorded instead of created. */
void layers_record(const struct layers *l, struct text *ret) NONNULL;
