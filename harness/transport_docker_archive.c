/* SPDX-License-Identifier: Apache-2.0 */
/* docker-archive:FILE, what docker save writes: manifest.json lists images, each with a config and
 * layers that the config's diff ids verify. */
#include "harness/base/text.h"
#include "harness/offer.h"

#include <string.h>

/* "docker.io/library/x:1" is x:1, whoever wrote the archive. */
static const char *familiar(const char *name)
{
    static const char *const prefixes[] = {"docker.io/", "library/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            name += strlen(prefixes[i]);
    return name;
}

static bool has_tag(const struct docker_image *image, const char *tag)
{
    const char *wanted = familiar(tag);
    size_t length = strlen(wanted);
    for (size_t i = 0; i < image->tag_count; i++) {
        const char *have = familiar(image->tags[i]);
        if (strcmp(have, wanted) == 0 ||
            (strncmp(have, wanted, length) == 0 && strcmp(have + length, ":latest") == 0))
            return true;
    }
    return false;
}

static char *list_tags(const struct docker_document *d)
{
    struct text t = TEXT_INIT;
    for (size_t i = 0; i < d->count; i++)
        for (size_t k = 0; k < d->items[i].tag_count && t.length < 500; k++) {
            text_add(&t, t.length > 0 ? ", " : "");
            text_add_printable(&t, d->items[i].tags[k], strlen(d->items[i].tags[k]));
        }
    return text_take(&t);
}

static const struct docker_image *choose(const struct docker_document *d, const struct reference *r,
                                         struct error *e)
{
    if (!r->tag && r->index == REFERENCE_NO_INDEX && d->count == 1)
        return &d->items[0];
    if (r->index >= 0 && (size_t)r->index < d->count)
        return &d->items[r->index];
    for (size_t i = 0; r->tag && i < d->count; i++)
        if (has_tag(&d->items[i], r->tag))
            return &d->items[i];
    CLEANUP_FREE char *tags = list_tags(d);
    if (r->tag || r->index >= 0)
        error_set(e, ERROR_RUN, "no such image in %s, which has %zu: %s", r->path, d->count, tags);
    else
        error_set(e, ERROR_RUN, "%s holds several images: choose one by :NAME:TAG (%s) or :@N",
                  r->path, tags);
    return NULL;
}

/* The config's name tells its digest: "HEX.json", or "blobs/sha256/HEX" in newer archives. */
static const char *digest_in_name(struct pool *pool, const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *digest = pool_printf(pool, "sha256:%.64s", slash ? slash + 1 : name);
    return sha256_valid(digest) ? digest : NULL;
}

static bool load_config(struct pool *pool, const struct layout *layout, const char *name,
                        struct config_document *ret, const char **ret_digest, struct error *e)
{
    size_t length;
    char digest[SHA256_TEXT_SIZE];
    CLEANUP_FREE char *json = layout_read(layout, name, MANIFEST_BYTES, &length, e);
    if (!json)
        return false;
    sha256_of(json, length, digest);
    const char *claimed = digest_in_name(pool, name);
    if (claimed && strcmp(claimed, digest) != 0)
        return error_set(e, ERROR_RUN, "config %s is damaged: its digest is %s", name, digest);
    *ret_digest = pool_intern(pool, digest);
    return config_parse(pool, json, length, ret, e) || error_context(e, "config %s", name);
}

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    size_t length;
    struct docker_document d;
    struct config_document config;
    const char *digest;
    CLEANUP_FREE char *json = layout_read(layout, "manifest.json", MANIFEST_BYTES, &length, e);
    if (!json)
        return error_context(e, "%s is not a docker archive", r->path);
    if (!docker_parse(pool, json, length, &d, e))
        return error_context(e, "manifest.json");
    const struct docker_image *image = choose(&d, r, e);
    if (!image || !load_config(pool, layout, image->config, &config, &digest, e))
        return false;
    *ARRAY_ADD(&ret->items, &ret->count) = (struct offer){
        .platform = manifest_platform(config.os, config.arch, config.variant),
        .platform_text = manifest_platform_text(pool, config.os, config.arch, config.variant),
        .docker = *image,
    };
    return true;
}

static bool load(struct pool *pool, const struct layout *layout, const struct offer *o,
                 struct contents *ret, struct error *e)
{
    const struct docker_image *d = &o->docker;
    *ret = (struct contents){0};
    if (!load_config(pool, layout, d->config, &ret->config, &ret->config_digest, e))
        return false;
    if (d->layer_count != ret->config.diff_id_count)
        return error_set(e, ERROR_RUN, "manifest.json has %zu layers, the config %zu",
                         d->layer_count, ret->config.diff_id_count);
    ret->layers = pool_alloc(pool, d->layer_count * sizeof *ret->layers);
    ret->layer_count = d->layer_count;
    for (size_t i = 0; i < d->layer_count; i++)
        ret->layers[i] =
            (struct unpack_layer){d->layers[i], NULL, BYTES_ANY_SIZE, ret->config.diff_ids[i]};
    return true;
}

const struct transport transport_docker_archive = {
    .name = "docker-archive", .archive = true, .offer = offer, .load = load};
