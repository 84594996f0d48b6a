/* SPDX-License-Identifier: Apache-2.0 */
/* docker-daemon:NAME and containers-storage:NAME, an image of an engine: what it is costs one
 * question; its archive is fetched only for a root that is not in the store yet. */
#include "harness/engine_archive.h"

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    struct engine_image *image = pool_alloc(pool, sizeof *image);
    if (!engine_inspect(layout->engine, pool, reference_rest(r->text), image, e))
        return false;
    const struct config_document *c = &image->config;
    *ARRAY_ADD(&ret->items, &ret->count) = (struct offer){
        .platform = manifest_platform(c->os, c->arch, c->variant),
        .platform_text = manifest_platform_text(pool, c->os, c->arch, c->variant),
        .index_digest = image->index_digest,
        .engine = image,
    };
    return true;
}

static bool load(struct pool *pool, const struct layout *layout, const struct offer *o,
                 struct contents *ret, struct error *e)
{
    (void)layout, (void)e;
    const struct config_document *c = &o->engine->config;
    *ret = (struct contents){.manifest_digest = o->engine->manifest_digest,
                             .config_digest = o->engine->config_digest,
                             .config = *c,
                             .layer_count = c->diff_id_count};
    ret->layers = pool_alloc(pool, c->diff_id_count * sizeof *ret->layers);
    for (size_t i = 0; i < c->diff_id_count; i++)
        ret->layers[i] = (struct unpack_layer){.size = BYTES_ANY_SIZE, .diff_id = c->diff_ids[i]};
    return true;
}

const struct transport transport_docker_daemon = {
    .name = "docker-daemon", .engine = true, .offer = offer, .load = load};
const struct transport transport_containers_storage = {
    .name = "containers-storage", .engine = true, .offer = offer, .load = load};
