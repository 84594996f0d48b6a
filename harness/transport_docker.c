/* SPDX-License-Identifier: Apache-2.0 */
/* docker://NAME, an image of a registry: the same documents and layers as in an OCI layout, which
 * the store is. */
#include "harness/oci_image.h"
#include "harness/registry/registry.h"

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    struct descriptor top;
    if (!registry_resolve(layout->remote, &top, e) || !oci_image_offer(pool, layout, &top, ret, e))
        return false;
    return ret->count > 0 ||
           error_set(e, ERROR_RUN, "%s: there is no image in the index %s", r->text, top.digest);
}

const struct transport transport_docker = {
    .name = "docker", .remote = true, .offer = offer, .load = oci_image_load};
