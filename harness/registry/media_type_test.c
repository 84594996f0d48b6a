/* SPDX-License-Identifier: Apache-2.0 */
/* What documents are, and what they only pretend to be. */
#include "harness/registry/media_type.h"
#include "harness/registry/suite.h"

#define OCI "application/vnd.oci.image."
#define DOCKER "application/vnd.docker.distribution."

START_TEST(types_are_known)
{
    ck_assert(media_type_is_known(OCI "index.v1+json"));
    ck_assert(media_type_is_known(DOCKER "manifest.v2+json"));
    ck_assert(!media_type_is_known(DOCKER "manifest.v1+json"));
    ck_assert(!media_type_is_known("application/json"));
    ck_assert(!media_type_is_known(NULL));
    ck_assert(media_type_is_manifest(OCI "manifest.v1+json"));
    ck_assert(media_type_is_manifest(OCI "index.v1+json"));
    ck_assert(media_type_is_manifest(DOCKER "manifest.list.v2+json"));
    ck_assert(media_type_is_manifest(NULL));
    ck_assert(!media_type_is_manifest(OCI "config.v1+json"));
    ck_assert(!media_type_is_manifest("application/vnd.docker.container.image.v1+json"));
    ck_assert_ptr_nonnull(strstr(media_type_accept, ", " DOCKER "manifest.list.v2+json, "));
}
END_TEST

static const struct {
    const char *served, *json, *message;
} rows[] = {
    {OCI "index.v1+json", "{\"manifests\":[]}"},
    {OCI "index.v1+json", "{\"mediaType\":\"" OCI "index.v1+json\",\"manifests\":[]}"},
    {"application/json", "{\"mediaType\":\"" OCI "index.v1+json\"}"},
    {NULL, "{\"layers\":[],\"config\":{}}"},
    {OCI "index.v1+json", "no JSON"},
    {OCI "index.v1+json", "{\"mediaType\":\"" OCI "manifest.v1+json\"}", "is served as"},
    {NULL, "{\"layers\":[],\"manifests\":[]}", "both an index and a manifest"},
    {OCI "manifest.v1+json", "{\"config\":{},\"manifests\":[]}", "both an index and a manifest"},
    {DOCKER "manifest.v1+prettyjws", "{}", "schema 1"},
    {DOCKER "manifest.v1+json", "{}", "schema 1"},
    {"application/json", "{\"schemaVersion\":1}", "schema 1"},
};

START_TEST(documents_are_checked)
{
    struct error e = ERROR_INIT;
    ck_assert_int_eq(media_type_check(rows[_i].served, rows[_i].json, strlen(rows[_i].json), &e),
                     rows[_i].message == NULL);
    if (rows[_i].message)
        expect_error(&e, rows[_i].message);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("media_type");
    tcase_add_test(c, types_are_known);
    tcase_add_loop_test(c, documents_are_checked, 0, sizeof rows / sizeof *rows);
    return run_suite("media_type", c);
}
