/* SPDX-License-Identifier: Apache-2.0 */
/* References as people write them, right and wrong. Runs in the project's folder. */
#include "harness/reference.h"

#include <check.h>
#include <string.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct pool *pool;

static void set_up(void)
{
    pool = pool_new();
}

static void tear_down(void)
{
    pool_free(pool);
}

START_TEST(references_are_taken_apart)
{
    static const struct {
        const char *text, *transport, *path, *tag, *digest;
        long index;
    } rows[] = {
        {"rootfs:/a:b", "rootfs", "/a:b", NULL, NULL, -1},
        {"tar:x.tar", "tar", "x.tar", NULL, NULL, -1},
        {"oci:dir", "oci", "dir", NULL, NULL, -1},
        {"oci:dir:tag", "oci", "dir", "tag", NULL, -1},
        {"oci:dir:host:5000/x:tag", "oci", "dir", "host:5000/x:tag", NULL, -1},
        {"oci:dir:@3", "oci", "dir", NULL, NULL, 3},
        {"oci:dir@sha256:" HEX64, "oci", "dir", NULL, "sha256:" HEX64, -1},
        {"oci:dir:tag@sha256:" HEX64, "oci", "dir", "tag", "sha256:" HEX64, -1},
        {"oci:a@b:tag", "oci", "a@b", "tag", NULL, -1},
        {"docker-archive:x.tar:name:tag", "docker-archive", "x.tar", "name:tag", NULL, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reference r;
        struct error e = ERROR_INIT;
        ck_assert_msg(reference_parse(pool, rows[i].text, &r, &e), "%s", e.message);
        ck_assert_str_eq(r.transport, rows[i].transport);
        ck_assert_str_eq(r.path, rows[i].path);
        ck_assert_pstr_eq(r.tag, rows[i].tag);
        ck_assert_pstr_eq(r.digest, rows[i].digest);
        ck_assert_int_eq(r.index, rows[i].index);
        ck_assert_str_eq(r.text, rows[i].text);
    }
}
END_TEST

START_TEST(wrong_references_are_explained)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "empty"},
        {"rootfs:", "needs a path"},
        {"oci::tag", "needs a path"},
        {"oci:dir:", "nothing follows the colon"},
        {"oci:dir@sha256:12", "is not a digest"},
        {"oci:dir:tag@x", "is not a digest"},
        {"oci:dir:tag@1", "as :@1"},
        {"docker-archive:x@sha256:" HEX64, "no digests"},
        {"debian:12", "registries are not supported yet: use \"skopeo copy docker://debian:12 "},
        {"debian", "skopeo copy docker://debian "},
        {"docker://host/x:1", "skopeo copy docker://host/x:1 "},
        {"rotfs:/x", "did you mean \"rootfs\"?"},
        {"containers-storage:x", "is not supported: use \"skopeo copy containers-storage:x"},
        {"harness", "has no transport (did you mean rootfs:harness?)"},
        {"CMakeLists.txt", "did you mean tar:CMakeLists.txt?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reference r;
        struct error e = ERROR_INIT;
        ck_assert_msg(!reference_parse(pool, rows[i].text, &r, &e), "%s", rows[i].text);
        ck_assert_msg(strstr(e.message, rows[i].message) != NULL, "%s: %s", rows[i].text,
                      e.message);
        ck_assert_int_eq(e.code, ERROR_USAGE);
        error_clear(&e);
    }
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("reference");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, references_are_taken_apart);
    tcase_add_test(c, wrong_references_are_explained);
    Suite *s = suite_create("reference");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
