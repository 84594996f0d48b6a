/* SPDX-License-Identifier: Apache-2.0 */
/* Applying layers (tar files with whiteouts, OCI image spec "layer") to an empty directory.
 *
 * Nothing leaves the root: every parent is resolved beneath it (tree.h), the last component is
 * never followed, hard links reach only what the image brought. Kinds, owners, modes, times and
 * extended attributes become what the image says as far as whoever unpacks may make them so; the
 * rest is recorded (layer_record.h). What he then has may be another's setuid program or a device:
 * the caller keeps everybody else out of the root, and mounts it nodev and nosuid. */
#pragma once
#include "harness/base/text.h"
#include "harness/layer_limits.h"

struct layers; /* opaque: a root that is being filled */

/* root is a directory descriptor (borrowed), of an empty directory of ours. */
struct layers *layers_new(int root, const struct layer_limits *limits) NONNULL MUST_CHECK;
void layers_free(struct layers *l);

/* Applies one layer over the ones before, from an uncompressed tar. */
bool layers_apply(struct layers *l, struct bytes *tar, struct error *e) NONNULL MUST_CHECK;

/* Gives directories what the layers told of them, which could be in the way before; after the last
 * layer. */
bool layers_finish(struct layers *l, struct error *e) NONNULL MUST_CHECK;

/* Adds the JSON object of what was recorded. After layers_finish. */
void layers_record(const struct layers *l, struct text *ret) NONNULL;
