/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/sha256.h"
#include "harness/engine.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *digest_of(struct pool *pool, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && sha256_valid(text) ? pool_intern(pool, text) : NULL;
}

/* An image's id is the digest of its config, but for Docker's containerd store: then it is that of
 * the manifest or index, and "Descriptor" says which. */
static void take_id(struct pool *pool, const json_t *root, struct engine_image *ret)
{
    const json_t *descriptor = json_object_get(root, "Descriptor");
    const char *id = digest_of(pool, root, "Id");
    const char *type = json_string_value(json_object_get(descriptor, "mediaType"));
    if (!descriptor || json_is_null(descriptor))
        ret->config_digest = id;
    else if (type && manifest_is_index(type, "", 0))
        ret->index_digest = digest_of(pool, descriptor, "digest");
    else
        ret->manifest_digest = digest_of(pool, descriptor, "digest");
}

static void copy(json_t *to, const char *key, const json_t *from, const char *from_key)
{
    json_t *value = json_object_get(from, from_key);
    if (value)
        json_object_set(to, key, value);
}

/* What the API tells is an image's config in other words. */
static char *config_of(const json_t *root)
{
    json_t *config = json_object(), *rootfs = json_object();
    copy(config, "os", root, "Os");
    copy(config, "architecture", root, "Architecture");
    copy(config, "variant", root, "Variant");
    copy(config, "config", root, "Config");
    copy(rootfs, "diff_ids", json_object_get(root, "RootFS"), "Layers");
    json_object_set_new(config, "rootfs", rootfs);
    char *text = json_dumps(config, JSON_COMPACT);
    json_decref(config);
    return text;
}

bool engine_image_parse(struct pool *pool, const char *json, size_t length,
                        struct engine_image *ret, struct error *e)
{
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(root)) {
        json_decref(root);
        return error_set(e, ERROR_RUN, "the answer is no JSON object");
    }
    struct engine_image image = {NULL};
    take_id(pool, root, &image);
    CLEANUP_FREE char *config = config_of(root);
    json_decref(root);
    if (!config)
        return error_set(e, ERROR_RUN, "the answer describes no image");
    if (!config_parse(pool, config, strlen(config), &image.config, e))
        return false;
    *ret = image;
    return true;
}
