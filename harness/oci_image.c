/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/oci_image.h"

#include <string.h>

enum { INDEX_DEPTH = 4 };

struct search { /* of the images that a layout offers */
    struct pool *pool;
    const struct layout *layout;
    struct offers *offers;
    struct error *e;
};

/* ---- documents ---- */

static bool load_documents(struct pool *pool, const struct layout *layout,
                           const struct descriptor *d, struct manifest_document *ret_manifest,
                           struct config_document *ret_config, struct error *e)
{
    size_t length;
    CLEANUP_FREE char *manifest = layout_read_document(layout, d, &length, e);
    if (!manifest)
        return false;
    if (!manifest_parse(pool, manifest, length, ret_manifest, e))
        return error_context(e, "manifest %s", d->digest);
    const struct descriptor *c = &ret_manifest->config;
    CLEANUP_FREE char *config = layout_read_document(layout, c, &length, e);
    if (!config)
        return false;
    return config_parse(pool, config, length, ret_config, e) ||
           error_context(e, "config %s", c->digest);
}

/* ---- offers ---- */

static bool offer_manifest(struct search *s, const struct descriptor *d, const char *index_digest)
{
    const char *os = d->os, *arch = d->arch, *variant = d->variant;
    if (!os || !arch) { /* then the config tells */
        struct manifest_document manifest = {0};
        struct config_document config = {0};
        if (!load_documents(s->pool, s->layout, d, &manifest, &config, s->e))
            return false;
        os = config.os;
        arch = config.arch;
        variant = config.variant;
    }
    *ARRAY_ADD(&s->offers->items, &s->offers->count) = (struct offer){
        .platform = manifest_platform(os, arch, variant),
        .platform_text = manifest_platform_text(s->pool, os, arch, variant),
        .index_digest = index_digest,
        .manifest = *d,
    };
    return s->offers->count <= MANIFEST_ITEMS ||
           error_set(s->e, ERROR_RUN, "more than %d images", MANIFEST_ITEMS);
}

static bool offer_descriptor(struct search *s, const struct descriptor *d, const char *index_digest,
                             int depth);

static bool offer_index(struct search *s, const struct descriptor *d, const char *json,
                        size_t length, int depth)
{
    struct index_document index;
    if (depth >= INDEX_DEPTH)
        return error_set(s->e, ERROR_RUN, "indexes within indexes, more than %d deep", INDEX_DEPTH);
    if (!index_parse(s->pool, json, length, &index, s->e))
        return error_context(s->e, "index %s", d->digest);
    for (size_t i = 0; i < index.count; i++)
        if (!offer_descriptor(s, &index.items[i], d->digest, depth + 1))
            return false;
    return true;
}

static bool offer_descriptor(struct search *s, const struct descriptor *d, const char *index_digest,
                             int depth)
{
    if (d->attestation || (d->arch && strcmp(d->arch, "unknown") == 0))
        return true;
    if (d->media_type && *d->media_type && !manifest_is_index(d->media_type, "", 0))
        return offer_manifest(s, d, index_digest);
    size_t length;
    CLEANUP_FREE char *json = layout_read_document(s->layout, d, &length, s->e);
    if (!json)
        return false;
    return manifest_is_index(d->media_type, json, length) ? offer_index(s, d, json, length, depth)
                                                          : offer_manifest(s, d, index_digest);
}

bool oci_image_offer(struct pool *pool, const struct layout *layout, const struct descriptor *d,
                     struct offers *ret, struct error *e)
{
    struct search s = {pool, layout, ret, e};
    return offer_descriptor(&s, d, NULL, 0);
}

/* ---- contents ---- */

bool oci_image_load(struct pool *pool, const struct layout *layout, const struct offer *o,
                    struct contents *ret, struct error *e)
{
    struct manifest_document m = {0};
    *ret = (struct contents){.manifest_digest = o->manifest.digest};
    if (!load_documents(pool, layout, &o->manifest, &m, &ret->config, e))
        return false;
    ret->config_digest = m.config.digest;
    if (m.layer_count != ret->config.diff_id_count)
        return error_set(e, ERROR_RUN, "manifest %s has %zu layers, its config %zu",
                         o->manifest.digest, m.layer_count, ret->config.diff_id_count);
    ret->layers = pool_alloc(pool, m.layer_count * sizeof *ret->layers);
    ret->layer_count = m.layer_count;
    for (size_t i = 0; i < m.layer_count; i++) {
        CLEANUP_FREE char *name = layout_blob_name(layout, m.layers[i].digest);
        ret->layers[i] = (struct unpack_layer){pool_intern(pool, name), m.layers[i].digest,
                                               m.layers[i].size, ret->config.diff_ids[i]};
    }
    return true;
}
