/* SPDX-License-Identifier: Apache-2.0 */
/* Images that OCI documents describe, wherever the blobs of their layout come from: an index leads
 * to manifests, a manifest to a config and to layers. */
#pragma once
#include "harness/offer.h"

/* Appends what the descriptor of an index or of a manifest leads to; one whose media_type is not
 * known is told by its members. Nested indexes are followed, attestations are left out. */
bool oci_image_offer(struct pool *pool, const struct layout *layout, const struct descriptor *d,
                     struct offers *ret, struct error *e) NONNULL MUST_CHECK;

/* Config and layers of one offer. */
bool oci_image_load(struct pool *pool, const struct layout *layout, const struct offer *o,
                    struct contents *ret, struct error *e) NONNULL MUST_CHECK;
