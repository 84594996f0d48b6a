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

START_TEST(names_are_completed_as_docker_does_it)
{
    static const struct {
        const char *text, *registry, *repository, *tag, *digest, *whole;
    } rows[] = {
        {"debian", "docker.io", "library/debian", "latest", NULL,
         "docker://docker.io/library/debian:latest"},
        {"debian:12", "docker.io", "library/debian", "12", NULL,
         "docker://docker.io/library/debian:12"},
        {"docker:20", "docker.io", "library/docker", "20", NULL,
         "docker://docker.io/library/docker:20"},
        {"me/x", "docker.io", "me/x", "latest", NULL, "docker://docker.io/me/x:latest"},
        {"index.docker.io/x", "docker.io", "library/x", "latest", NULL,
         "docker://docker.io/library/x:latest"},
        {"localhost/x", "localhost", "x", "latest", NULL, "docker://localhost/x:latest"},
        {"localhost:5000/x", "localhost:5000", "x", "latest", NULL,
         "docker://localhost:5000/x:latest"},
        {"localhost:5000", "docker.io", "library/localhost", "5000", NULL,
         "docker://docker.io/library/localhost:5000"},
        {"docker://Host.example:1/a/b_c/d__e--f.g:T_1.x-y", "Host.example:1", "a/b_c/d__e--f.g",
         "T_1.x-y", NULL, "docker://Host.example:1/a/b_c/d__e--f.g:T_1.x-y"},
        {"127.0.0.1:5/x", "127.0.0.1:5", "x", "latest", NULL, "docker://127.0.0.1:5/x:latest"},
        {"[::1]:5/x:1", "[::1]:5", "x", "1", NULL, "docker://[::1]:5/x:1"},
        {"x@sha256:" HEX64, "docker.io", "library/x", NULL, "sha256:" HEX64,
         "docker://docker.io/library/x@sha256:" HEX64},
        {"a.b/x:1@sha256:" HEX64, "a.b", "x", "1", "sha256:" HEX64,
         "docker://a.b/x:1@sha256:" HEX64},
        {"docker-daemon:x:1", "docker.io", "library/x", "1", NULL,
         "docker-daemon:docker.io/library/x:1"},
        {"docker-daemon:sha256:" HEX64, NULL, NULL, NULL, "sha256:" HEX64,
         "docker-daemon:sha256:" HEX64},
        {"containers-storage:localhost/x", "localhost", "x", "latest", NULL,
         "containers-storage:localhost/x:latest"},
        {"containers-storage:@" HEX64, NULL, NULL, NULL, "sha256:" HEX64,
         "containers-storage:sha256:" HEX64},
        {"dir:x:y", NULL, NULL, NULL, NULL, "dir:x:y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reference r;
        struct error e = ERROR_INIT;
        ck_assert_msg(reference_parse(pool, rows[i].text, &r, &e), "%s", e.message);
        ck_assert_pstr_eq(r.registry, rows[i].registry);
        ck_assert_pstr_eq(r.repository, rows[i].repository);
        ck_assert_pstr_eq(r.tag, rows[i].tag);
        ck_assert_pstr_eq(r.digest, rows[i].digest);
        ck_assert_str_eq(r.text, rows[i].whole);
    }
}
END_TEST

START_TEST(names_have_a_length)
{
    char name[300] = "a.b/", tag[160] = "x:";
    memset(name + 4, 'x', 251);
    memset(tag + 2, 't', 128);
    struct reference r;
    struct error e = ERROR_INIT;
    ck_assert(reference_parse(pool, name, &r, &e));
    ck_assert(reference_parse(pool, tag, &r, &e));
    name[255] = 'x';
    tag[130] = 't';
    ck_assert(!reference_parse(pool, name, &r, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "longer than 255"));
    error_clear(&e);
    ck_assert(!reference_parse(pool, tag, &r, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "is not a tag"));
    error_clear(&e);
}
END_TEST

START_TEST(the_rest_follows_the_transport)
{
    ck_assert_str_eq(reference_rest("oci:dir:tag"), "dir:tag");
    ck_assert_str_eq(reference_rest("docker://a.b/x:1"), "//a.b/x:1");
    ck_assert_str_eq(reference_rest("debian:12"), "debian:12");
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
        {"rotfs:/x", "unknown transport \"rotfs\" (did you mean \"rootfs\"?)"},
        {"ocii:harness", "unknown transport \"ocii\" (did you mean \"oci\"?)"},
        {"sif:x", "is not supported: use \"skopeo copy sif:x"},
        {"dir:", "needs a path"},
        {"docker://", "\"\" is not the name of a repository"},
        {"docker://x/", "\"x/\" is not the name of a repository"},
        {"docker:host/x", "\"docker:host\" is not a registry's HOST or HOST:PORT"},
        {"x//y", "is not the name of a repository"},
        {"a..b", "is not the name of a repository"},
        {"a___b", "is not the name of a repository"},
        {"a.-b", "is not the name of a repository"},
        {"-a", "is not the name of a repository"},
        {"a-", "is not the name of a repository"},
        {"a b", "is not the name of a repository"},
        {"Debian:12", "no upper case (did you mean \"debian\"?)"},
        {"Me/x", "no upper case (did you mean \"me/x\"?)"},
        {"host.example/Me/x", "(did you mean \"me/x\"?)"},
        {"debian:", "\"\" is not a tag"},
        {"debian:.a", "\".a\" is not a tag"},
        {"debian:a b", "\"a b\" is not a tag"},
        {"debian@", "\"\" is not a digest"},
        {"debian@sha512:12", "is not a digest"},
        {"debian@sha256:" HEX64 "0", "is not a digest"},
        {"host.example:x/y", "\"host.example:x\" is not a registry's HOST"},
        {"host.example:/y", "is not a registry's HOST"},
        {"-h.example/y", "is not a registry's HOST"},
        {"a..example/y", "is not a registry's HOST"},
        {"[::x]:1/y", "is not a registry's HOST"},
        {"http://host.example/x", "is not"},
        {"docker-daemon:", "is not the name of a repository"},
        {"containers-storage:[overlay]x", "without [STORAGE]"},
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
    tcase_add_test(c, names_are_completed_as_docker_does_it);
    tcase_add_test(c, names_have_a_length);
    tcase_add_test(c, the_rest_follows_the_transport);
    tcase_add_test(c, wrong_references_are_explained);
    Suite *s = suite_create("reference");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
