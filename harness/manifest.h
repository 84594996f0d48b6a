/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON documents of an image: OCI index, manifest and config (and Docker's own of the same
 * shape), and the manifest.json of docker save. Texts belong to the pool that is given. */
#pragma once
#include "harness/base/error.h"
#include "harness/model.h"

enum {
    MANIFEST_BYTES = 4 * 1024 * 1024, /* of one document */
    MANIFEST_ITEMS = 4096,            /* of one array in it */
};

struct descriptor {
    const char *media_type, *digest; /* digest: valid sha256 */
    int64_t size;
    const char *os, *arch, *variant; /* NULL: not said */
    const char *ref_name;            /* annotation org.opencontainers.image.ref.name */
    bool attestation;                /* about an image, not one */
};

struct index_document {
    struct descriptor *items; /* of the pool */
    size_t count;
};

struct manifest_document {
    struct descriptor config;
    struct descriptor *layers; /* of the pool */
    size_t layer_count;
};

struct config_document {
    const char *os, *arch, *variant;
    const char *user; /* "" when unset */
    const char **environment;
    size_t environment_count;
    struct fact *labels; /* org.opencontainers.image.* only, sorted */
    size_t label_count;
    const char **diff_ids; /* valid sha256 */
    size_t diff_id_count;
};

struct docker_image { /* one element of manifest.json */
    const char *config;
    const char **tags;
    size_t tag_count;
    const char **layers;
    size_t layer_count;
};

struct docker_document {
    struct docker_image *items;
    size_t count;
};

/* Whether a document of this media type is an index; one without a type is told by its members. */
bool manifest_is_index(const char *media_type, const char *json, size_t length);

bool index_parse(struct pool *pool, const char *json, size_t length, struct index_document *ret,
                 struct error *e) NONNULL MUST_CHECK;
bool manifest_parse(struct pool *pool, const char *json, size_t length,
                    struct manifest_document *ret, struct error *e) NONNULL MUST_CHECK;
bool config_parse(struct pool *pool, const char *json, size_t length, struct config_document *ret,
                  struct error *e) NONNULL MUST_CHECK;
bool docker_parse(struct pool *pool, const char *json, size_t length, struct docker_document *ret,
                  struct error *e) NONNULL MUST_CHECK;

/* Our platform for what a document says, NULL when it is none of ours. */
const struct platform *manifest_platform(const char *os, const char *arch, const char *variant);
/* The same as a text for people: "linux/arm/v6", "unknown". */
const char *manifest_platform_text(struct pool *pool, const char *os, const char *arch,
                                   const char *variant) __attribute__((nonnull(1)));
