/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/manifest.h"
#include "harness/base/sha256.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void drop_json(json_t **j)
{
    json_decref(*j);
}
#define CLEANUP_JSON __attribute__((cleanup(drop_json)))

static json_t *load_object(const char *json, size_t length, struct error *e)
{
    json_error_t fault;
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        error_set(e, ERROR_RUN, "line %d, column %d: %s", fault.line, fault.column, fault.text);
    return root;
}

static const char *text_of(struct pool *pool, const json_t *object, const char *key)
{
    return pool_intern(pool, json_string_value(json_object_get(object, key)));
}

static const char *nonempty_text_of(struct pool *pool, const json_t *object, const char *key)
{
    const char *text = text_of(pool, object, key);
    return text && *text ? text : NULL;
}

/* An array of at most MANIFEST_ITEMS; absent and null are empty. */
static bool get_array(const json_t *object, const char *key, const json_t **ret, size_t *ret_count,
                      struct error *e)
{
    const json_t *array = json_object_get(object, key);
    *ret = array;
    *ret_count = json_array_size(array);
    if (array && !json_is_null(array) && !json_is_array(array))
        return error_set(e, ERROR_RUN, "\"%s\" is not an array", key);
    if (*ret_count > MANIFEST_ITEMS)
        return error_set(e, ERROR_RUN, "\"%s\" has more than %d elements", key, MANIFEST_ITEMS);
    return true;
}

static bool get_texts(struct pool *pool, const json_t *object, const char *key,
                      const char ***ret_items, size_t *ret_count, struct error *e)
{
    const json_t *array;
    size_t count;
    if (!get_array(object, key, &array, &count, e))
        return false;
    const char **items = pool_alloc(pool, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = pool_intern(pool, json_string_value(json_array_get(array, i)));
        if (!items[i])
            return error_set(e, ERROR_RUN, "element %zu of \"%s\" is not a text", i + 1, key);
    }
    *ret_items = items;
    *ret_count = count;
    return true;
}

/* ---- descriptors ---- */

static bool get_digest(struct pool *pool, const json_t *object, const char **ret, struct error *e)
{
    const char *digest = text_of(pool, object, "digest");
    if (!digest)
        return error_set(e, ERROR_RUN, "a descriptor has no digest");
    if (!sha256_valid(digest))
        return error_set(e, ERROR_RUN, "\"%s\" is not a sha256 digest, the only kind supported",
                         digest);
    *ret = digest;
    return true;
}

static bool get_descriptor(struct pool *pool, const json_t *object, struct descriptor *ret,
                           struct error *e)
{
    const json_t *size = json_object_get(object, "size");
    const json_t *platform = json_object_get(object, "platform");
    const json_t *notes = json_object_get(object, "annotations");
    struct descriptor d = {.media_type = text_of(pool, object, "mediaType")};
    if (!get_digest(pool, object, &d.digest, e))
        return false;
    if (!json_is_integer(size) || json_integer_value(size) < 0)
        return error_set(e, ERROR_RUN, "%s has no good size", d.digest);
    d.size = json_integer_value(size);
    d.os = nonempty_text_of(pool, platform, "os");
    d.arch = nonempty_text_of(pool, platform, "architecture");
    d.variant = nonempty_text_of(pool, platform, "variant");
    d.ref_name = text_of(pool, notes, "org.opencontainers.image.ref.name");
    d.attestation = json_object_get(notes, "vnd.docker.reference.type") != NULL ||
                    json_object_get(object, "artifactType") != NULL;
    *ret = d;
    return true;
}

static bool get_descriptors(struct pool *pool, const json_t *object, const char *key,
                            struct descriptor **ret, size_t *ret_count, struct error *e)
{
    const json_t *array;
    size_t count;
    if (!get_array(object, key, &array, &count, e))
        return false;
    struct descriptor *items = pool_alloc(pool, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++)
        if (!get_descriptor(pool, json_array_get(array, i), &items[i], e))
            return error_context(e, "element %zu of \"%s\"", i + 1, key);
    *ret = items;
    *ret_count = count;
    return true;
}

/* ---- index and manifest ---- */

bool manifest_is_index(const char *media_type, const char *json, size_t length)
{
    if (media_type && *media_type)
        return strcmp(media_type, "application/vnd.oci.image.index.v1+json") == 0 ||
               strcmp(media_type, "application/vnd.docker.distribution.manifest.list.v2+json") == 0;
    json_t *root = json_loadb(json, length, 0, NULL);
    bool index = json_object_get(root, "manifests") != NULL;
    json_decref(root);
    return index;
}

static bool check_schema(const json_t *root, struct error *e)
{
    json_int_t schema = json_integer_value(json_object_get(root, "schemaVersion"));
    return schema == 2 ||
           error_set(e, ERROR_RUN, "schemaVersion is not 2: convert the image with skopeo copy");
}

bool index_parse(struct pool *pool, const char *json, size_t length, struct index_document *ret,
                 struct error *e)
{
    CLEANUP_JSON json_t *root = load_object(json, length, e);
    return root && check_schema(root, e) &&
           get_descriptors(pool, root, "manifests", &ret->items, &ret->count, e);
}

static bool check_layer(const struct descriptor *d, const json_t *object, struct error *e)
{
    const char *type = d->media_type ? d->media_type : "";
    if (strstr(type, "foreign") || strstr(type, "nondistributable") ||
        json_array_size(json_object_get(object, "urls")) > 0)
        return error_set(e, ERROR_RUN,
                         "layer %s is a foreign layer, kept elsewhere: such images "
                         "are not supported",
                         d->digest);
    if (strstr(type, "+encrypted"))
        return error_set(e, ERROR_RUN, "layer %s is encrypted: decrypt the image first", d->digest);
    if (*type && !strstr(type, ".tar") && !strstr(type, "tar+"))
        return error_set(e, ERROR_RUN,
                         "layer %s is not a tar file but %s: this is not the "
                         "image of a file system",
                         d->digest, type);
    return true;
}

bool manifest_parse(struct pool *pool, const char *json, size_t length,
                    struct manifest_document *ret, struct error *e)
{
    CLEANUP_JSON json_t *root = load_object(json, length, e);
    if (!root || !check_schema(root, e))
        return false;
    struct manifest_document m = {.layer_count = 0};
    if (!get_descriptor(pool, json_object_get(root, "config"), &m.config, e))
        return error_context(e, "\"config\"");
    if (!get_descriptors(pool, root, "layers", &m.layers, &m.layer_count, e))
        return false;
    const json_t *layers = json_object_get(root, "layers");
    for (size_t i = 0; i < m.layer_count; i++)
        if (!check_layer(&m.layers[i], json_array_get(layers, i), e))
            return false;
    *ret = m;
    return true;
}

/* ---- config ---- */

static int compare_facts(const void *a, const void *b)
{
    return strcmp(((const struct fact *)a)->name, ((const struct fact *)b)->name);
}

static void get_labels(struct pool *pool, json_t *labels, struct config_document *ret)
{
    static const char prefix[] = "org.opencontainers.image.";
    struct fact *items = pool_alloc(pool, (json_object_size(labels) + 1) * sizeof *items);
    const char *key;
    json_t *value;
    json_object_foreach(labels, key, value)
    {
        if (strncmp(key, prefix, sizeof prefix - 1) != 0 || !json_is_string(value))
            continue;
        items[ret->label_count].name = pool_intern(pool, key);
        items[ret->label_count++].value = pool_intern(pool, json_string_value(value));
    }
    qsort(items, ret->label_count, sizeof *items, compare_facts);
    ret->labels = items;
}

static bool get_diff_ids(struct pool *pool, const json_t *root, struct config_document *ret,
                         struct error *e)
{
    const json_t *rootfs = json_object_get(root, "rootfs");
    if (!get_texts(pool, rootfs, "diff_ids", &ret->diff_ids, &ret->diff_id_count, e))
        return false;
    for (size_t i = 0; i < ret->diff_id_count; i++)
        if (!sha256_valid(ret->diff_ids[i]))
            return error_set(e, ERROR_RUN, "diff id \"%s\" is not a sha256 digest",
                             ret->diff_ids[i]);
    return ret->diff_id_count > 0 || error_set(e, ERROR_RUN, "the config lists no diff ids");
}

bool config_parse(struct pool *pool, const char *json, size_t length, struct config_document *ret,
                  struct error *e)
{
    CLEANUP_JSON json_t *root = load_object(json, length, e);
    if (!root)
        return false;
    json_t *config = json_object_get(root, "config");
    struct config_document c = {
        .os = nonempty_text_of(pool, root, "os"),
        .arch = nonempty_text_of(pool, root, "architecture"),
        .variant = nonempty_text_of(pool, root, "variant"),
        .user = text_of(pool, config, "User"),
    };
    if (!c.user)
        c.user = "";
    get_labels(pool, json_object_get(config, "Labels"), &c);
    if (!get_texts(pool, config, "Env", &c.environment, &c.environment_count, e) ||
        !get_diff_ids(pool, root, &c, e))
        return false;
    *ret = c;
    return true;
}

/* ---- docker save ---- */

static bool get_docker_image(struct pool *pool, const json_t *object, struct docker_image *ret,
                             struct error *e)
{
    ret->config = text_of(pool, object, "Config");
    if (!ret->config)
        return error_set(e, ERROR_RUN, "an image has no \"Config\"");
    return get_texts(pool, object, "RepoTags", &ret->tags, &ret->tag_count, e) &&
           get_texts(pool, object, "Layers", &ret->layers, &ret->layer_count, e);
}

bool docker_parse(struct pool *pool, const char *json, size_t length, struct docker_document *ret,
                  struct error *e)
{
    CLEANUP_JSON json_t *root = load_object(json, length, e);
    if (!root)
        return false;
    size_t count = json_array_size(root);
    if (!json_is_array(root) || count == 0 || count > MANIFEST_ITEMS)
        return error_set(e, ERROR_RUN, "not an array of 1 to %d images", MANIFEST_ITEMS);
    struct docker_document d = {pool_alloc(pool, count * sizeof *d.items), count};
    for (size_t i = 0; i < count; i++)
        if (!get_docker_image(pool, json_array_get(root, i), &d.items[i], e))
            return error_context(e, "image %zu", i + 1);
    *ret = d;
    return true;
}

/* ---- platform ---- */

const struct platform *manifest_platform(const char *os, const char *arch, const char *variant)
{
    if (!os || !arch)
        return NULL;
    for (size_t i = 0; i < platform_count; i++) {
        const struct platform *p = &platforms[i];
        if (strcmp(p->os, os) != 0 || strcmp(p->arch, arch) != 0)
            continue;
        bool baseline = !p->variant &&
                        (strcmp(arch, "amd64") == 0 || strcmp(variant ? variant : "v8", "v8") == 0);
        if (!variant || baseline || (p->variant && strcmp(p->variant, variant) == 0))
            return p;
    }
    return NULL;
}

const char *manifest_platform_text(struct pool *pool, const char *os, const char *arch,
                                   const char *variant)
{
    if (!os || !arch)
        return "unknown";
    const struct platform *p = manifest_platform(os, arch, variant);
    if (p)
        return p->name;
    return pool_printf(pool, "%s/%s%s%s", os, arch, variant ? "/" : "", variant ? variant : "");
}
