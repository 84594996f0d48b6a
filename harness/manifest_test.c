/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of images: what is taken from it, and what hostile documents get. */
#include "harness/manifest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define D "\"digest\":\"sha256:" HEX64 "\",\"size\":7"

static struct pool *pool;

static void set_up(void)
{
    pool = pool_new();
}

static void tear_down(void)
{
    pool_free(pool);
}

enum document { INDEX, MANIFEST, CONFIG, DOCKER };

static bool parse(enum document kind, const char *json, struct error *e)
{
    size_t length = strlen(json);
    struct index_document index;
    struct manifest_document manifest;
    struct config_document config;
    struct docker_document docker;
    switch (kind) {
    case INDEX:
        return index_parse(pool, json, length, &index, e);
    case MANIFEST:
        return manifest_parse(pool, json, length, &manifest, e);
    case CONFIG:
        return config_parse(pool, json, length, &config, e);
    default:
        return docker_parse(pool, json, length, &docker, e);
    }
}

START_TEST(wrong_documents_are_explained)
{
    static const struct {
        enum document kind;
        const char *json, *message;
    } rows[] = {
        {INDEX, "", "line 1"},
        {INDEX, "[]", "schemaVersion is not 2"},
        {INDEX, "{\"schemaVersion\":1}", "schemaVersion is not 2"},
        {INDEX, "{\"schemaVersion\":2,\"schemaVersion\":2}", "duplicate"},
        {INDEX, "{\"schemaVersion\":2,\"manifests\":{}}", "is not an array"},
        {INDEX, "{\"schemaVersion\":2,\"manifests\":[1]}", "has no digest"},
        {INDEX, "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:../../x\"}]}",
         "is not a sha256 digest"},
        {INDEX, "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha512:" HEX64 "\"}]}",
         "is not a sha256 digest"},
        {INDEX, "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:" HEX64 "\"}]}",
         "no good size"},
        {INDEX,
         "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:" HEX64 "\",\"size\":-1}]}",
         "no good size"},
        {INDEX,
         "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:" HEX64 "\",\"size\":1.5}]}",
         "no good size"},
        {MANIFEST, "{\"schemaVersion\":2}", "\"config\""},
        {MANIFEST,
         "{\"schemaVersion\":2,\"config\":{" D "},\"layers\":[{" D ",\"mediaType\":"
         "\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\"}]}",
         "foreign layer"},
        {MANIFEST,
         "{\"schemaVersion\":2,\"config\":{" D "},\"layers\":[{" D ",\"urls\":[\"http://x\"]}]}",
         "foreign layer"},
        {MANIFEST,
         "{\"schemaVersion\":2,\"config\":{" D "},\"layers\":[{" D ",\"mediaType\":"
         "\"application/vnd.oci.image.layer.v1.tar+gzip+encrypted\"}]}",
         "encrypted"},
        {MANIFEST,
         "{\"schemaVersion\":2,\"config\":{" D "},\"layers\":[{" D ",\"mediaType\":"
         "\"application/vnd.cncf.helm.chart.content.v1\"}]}",
         "not the image of a file system"},
        {CONFIG, "{}", "no diff ids"},
        {CONFIG, "{\"rootfs\":{\"diff_ids\":[\"x\"]}}", "is not a sha256 digest"},
        {CONFIG, "{\"rootfs\":{\"diff_ids\":[1]}}", "is not a text"},
        {CONFIG, "{\"config\":{\"Env\":[null]},\"rootfs\":{\"diff_ids\":[]}}", "is not a text"},
        {CONFIG, "{\"rootfs\":{\"diff_ids\":[\"sha256:" HEX64 "\\u0000\"]}}", "line 1"},
        {CONFIG, "{\"a\":\"\xff\"}", "line 1"},
        {DOCKER, "{}", "not an array"},
        {DOCKER, "[]", "not an array"},
        {DOCKER, "[{}]", "no \"Config\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = ERROR_INIT;
        ck_assert_msg(!parse(rows[i].kind, rows[i].json, &e), "row %zu", i);
        ck_assert_msg(strstr(e.message, rows[i].message) != NULL, "row %zu: %s", i, e.message);
        ck_assert_int_eq(e.code, ERROR_RUN);
        error_clear(&e);
    }
}
END_TEST

START_TEST(too_many_or_too_deep_is_refused)
{
    enum { DEEP = 100000 };
    struct error e = ERROR_INIT;
    char *deep = must_calloc(DEEP + 1, 1);
    memset(deep, '[', DEEP);
    ck_assert(!parse(DOCKER, deep, &e));
    error_clear(&e);
    free(deep);
    char *many = must_calloc(MANIFEST_ITEMS * 3 + 100, 1);
    strcpy(many, "{\"schemaVersion\":2,\"manifests\":[1");
    size_t length = strlen(many);
    for (size_t i = 0; i < MANIFEST_ITEMS; i++) {
        memcpy(many + length, ",1", 2);
        length += 2;
    }
    strcpy(many + length, "]}");
    ck_assert(!parse(INDEX, many, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "more than 4096 elements"));
    error_clear(&e);
    free(many);
}
END_TEST

START_TEST(nulls_are_what_is_not_said)
{
    static const char json[] = "{\"architecture\":\"arm\",\"variant\":\"\",\"os\":\"linux\","
                               "\"config\":{\"User\":null,\"Env\":null,\"Labels\":null},"
                               "\"rootfs\":{\"diff_ids\":[\"sha256:" HEX64 "\"]}}";
    struct error e = ERROR_INIT;
    struct config_document c;
    ck_assert_msg(config_parse(pool, json, strlen(json), &c, &e), "%s", e.message);
    ck_assert_str_eq(c.user, "");
    ck_assert_ptr_null(c.variant);
    ck_assert_uint_eq(c.environment_count, 0);
    ck_assert_uint_eq(c.label_count, 0);
}
END_TEST

START_TEST(platforms_are_recognised)
{
    static const struct {
        const char *os, *arch, *variant, *name, *text;
    } rows[] = {
        {"linux", "amd64", NULL, "linux/amd64", "linux/amd64"},
        {"linux", "amd64", "v3", "linux/amd64", "linux/amd64"},
        {"linux", "arm64", "v8", "linux/arm64", "linux/arm64"},
        {"linux", "arm64", "v9", NULL, "linux/arm64/v9"},
        {"linux", "arm", "v7", "linux/arm/v7", "linux/arm/v7"},
        {"linux", "arm", NULL, "linux/arm/v7", "linux/arm/v7"},
        {"linux", "arm", "v6", NULL, "linux/arm/v6"},
        {"linux", "386", NULL, "linux/386", "linux/386"},
        {"windows", "amd64", NULL, NULL, "windows/amd64"},
        {"linux", NULL, NULL, NULL, "unknown"},
        {NULL, NULL, NULL, NULL, "unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct platform *p = manifest_platform(rows[i].os, rows[i].arch, rows[i].variant);
        ck_assert_pstr_eq(p ? p->name : NULL, rows[i].name);
        ck_assert_str_eq(manifest_platform_text(pool, rows[i].os, rows[i].arch, rows[i].variant),
                         rows[i].text);
    }
}
END_TEST

START_TEST(indexes_are_told_from_manifests)
{
    static const struct {
        const char *type, *json;
        bool index;
    } rows[] = {
        {"application/vnd.oci.image.index.v1+json", "", true},
        {"application/vnd.docker.distribution.manifest.list.v2+json", "", true},
        {"application/vnd.oci.image.manifest.v1+json", "{\"manifests\":[]}", false},
        {NULL, "{\"manifests\":[]}", true},
        {"", "{\"layers\":[]}", false},
        {NULL, "nonsense", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(manifest_is_index(rows[i].type, rows[i].json, strlen(rows[i].json)),
                         rows[i].index);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("manifest");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, wrong_documents_are_explained);
    tcase_add_test(c, too_many_or_too_deep_is_refused);
    tcase_add_test(c, nulls_are_what_is_not_said);
    tcase_add_test(c, platforms_are_recognised);
    tcase_add_test(c, indexes_are_told_from_manifests);
    Suite *s = suite_create("manifest");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
