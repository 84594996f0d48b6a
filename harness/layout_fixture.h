/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: OCI layouts made on the spot, below the directory of a test. */
#pragma once
#include "harness/tar_fixture.h"

struct blob {
    char digest[SHA256_TEXT_SIZE];
    size_t size;
};

static inline struct blob blob_add(const char *dir, const char *layout, const void *data,
                                   size_t size)
{
    struct blob b = {.size = size};
    sha256_of(data, size, b.digest);
    CLEANUP_FREE char *name = must_printf("%s/blobs/sha256/%s", layout, b.digest + 7);
    fixture_write(dir, name, data, size);
    return b;
}

static inline struct blob blob_add_text(const char *dir, const char *layout, const char *text)
{
    return blob_add(dir, layout, text, strlen(text));
}

static inline struct blob blob_add_config(const char *dir, const char *layout, const char *arch,
                                          const char *diff_ids)
{
    CLEANUP_FREE char *config = must_printf(
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{\"User\":\"app\",\"Env\":"
        "[\"PATH=/bin\",\"A=b\"],\"Labels\":{\"org.opencontainers.image.version\":\"7\",\"x\":"
        "\"y\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}",
        arch, diff_ids);
    return blob_add_text(dir, layout, config);
}

/* An image of two layers: "base" with /a and /b, then one that changes /a and removes /b. */
static inline struct blob blob_add_image(const char *dir, const char *layout, const char *arch,
                                         int filter)
{
    CLEANUP_TEXT struct text diffs = TEXT_INIT, layers = TEXT_INIT;
    const struct tar_member first[] = {{'f', "a", arch}, {'f', "b", "b"}, {0}};
    const struct tar_member second[] = {{'f', ".wh.b", ""}, {'f', "c", "c"}, {0}};
    const struct tar_member *const both[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        char diff[SHA256_TEXT_SIZE];
        struct text plain = tar_fixture_make(ARCHIVE_FILTER_NONE, both[i]);
        struct text packed = tar_fixture_make(filter, both[i]);
        sha256_of(plain.data, plain.length, diff);
        struct blob b = blob_add(dir, layout, packed.data, packed.length);
        text_printf(&diffs, "%s\"%s\"", i > 0 ? "," : "", diff);
        text_printf(&layers,
                    "%s{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\","
                    "\"digest\":\"%s\",\"size\":%zu}",
                    i > 0 ? "," : "", b.digest, b.size);
        text_done(&plain);
        text_done(&packed);
    }
    struct blob config = blob_add_config(dir, layout, arch, text_get(&diffs));
    CLEANUP_FREE char *manifest =
        must_printf("{\"schemaVersion\":2,\"config\":{\"digest\":\"%s\",\"size\":%zu},"
                    "\"layers\":[%s]}",
                    config.digest, config.size, text_get(&layers));
    return blob_add_text(dir, layout, manifest);
}

static inline char *blob_descriptor(const struct blob *b, const char *kind, const char *platform,
                                    const char *tag)
{
    return must_printf("{\"mediaType\":\"application/vnd.oci.image.%s.v1+json\",\"digest\":\"%s\","
                       "\"size\":%zu%s%s%s%s%s%s}",
                       kind, b->digest, b->size,
                       platform ? ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" : "",
                       platform ? platform : "", platform ? "\"}" : "",
                       tag ? ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" : "",
                       tag ? tag : "", tag ? "\"}" : "");
}

static inline char *blob_index(const char *one, const char *two)
{
    return must_printf("{\"schemaVersion\":2,\"manifests\":[%s%s%s]}", one, two ? "," : "",
                       two ? two : "");
}

static inline struct blob layout_make(const char *dir, const char *layout, int filter)
{
    struct blob manifest = blob_add_image(dir, layout, "amd64", filter);
    CLEANUP_FREE char *d = blob_descriptor(&manifest, "manifest", NULL, "one");
    CLEANUP_FREE char *index = blob_index(d, NULL);
    CLEANUP_FREE char *name = must_printf("%s/index.json", layout);
    fixture_text(dir, name, index);
    return manifest;
}

/* index.json -> an index tagged "multi" -> arm64 and amd64. */
static inline struct blob layout_make_multi(const char *dir, const char *layout)
{
    struct blob arm = blob_add_image(dir, layout, "arm64", ARCHIVE_FILTER_GZIP);
    struct blob amd = blob_add_image(dir, layout, "amd64", ARCHIVE_FILTER_GZIP);
    CLEANUP_FREE char *one = blob_descriptor(&arm, "manifest", "arm64", NULL);
    CLEANUP_FREE char *two = blob_descriptor(&amd, "manifest", "amd64", NULL);
    CLEANUP_FREE char *inner = blob_index(one, two);
    struct blob nested = blob_add_text(dir, layout, inner);
    CLEANUP_FREE char *d = blob_descriptor(&nested, "index", NULL, "multi");
    CLEANUP_FREE char *outer = blob_index(d, NULL);
    CLEANUP_FREE char *name = must_printf("%s/index.json", layout);
    fixture_text(dir, name, outer);
    return nested;
}
