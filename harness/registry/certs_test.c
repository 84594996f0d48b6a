/* SPDX-License-Identifier: Apache-2.0 */
/* Folders of certificates. */
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/registry/certs.h"
#include "harness/registry/suite.h"

#include <stdlib.h>

static char dir[] = "/tmp/plimsoll-certs.XXXXXX";

static void put(const char *name, const char *text)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    CLEANUP_FREE char *parent = must_strdup(path);
    *strrchr(parent, '/') = '\0';
    ck_assert(file_make_dirs(parent, &e) && file_publish(path, text, strlen(text), &e));
}

static void set_up(void)
{
    strcpy(dir + strlen(dir) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void tear_down(void)
{
    struct error e = ERROR_INIT;
    ck_assert(file_remove_tree(dir, &e));
}

START_TEST(files_are_told_by_their_ends)
{
    struct certs c;
    struct error e = ERROR_INIT;
    put("b.crt", "B");
    put("a.crt", "A");
    put("me.cert", "C");
    put("me.key", "K");
    put("other.cert", "C");
    put("README", "R");
    put(".crt", "R");
    ck_assert(certs_load(&c, dir, "h.example", &e));
    ck_assert_str_eq(text_get(&c.authorities), "A\nB\n");
    ck_assert(strstr(c.certificate, "/me.cert") && strstr(c.key, "/me.key"));
    certs_done(&c);
    ck_assert_ptr_null(c.key);
}
END_TEST

START_TEST(a_certificate_needs_its_key)
{
    struct certs c;
    struct error e = ERROR_INIT;
    put("me.cert", "C");
    ck_assert(!certs_load(&c, dir, "h.example", &e));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    expect_error(&e, "me.cert has no key beside it");
}
END_TEST

START_TEST(a_named_folder_must_be_there)
{
    struct certs c;
    struct error e = ERROR_INIT;
    ck_assert(!certs_load(&c, "/nonexistent", "h.example", &e));
    expect_error(&e, "cannot read the certificates in /nonexistent");
}
END_TEST

START_TEST(the_users_own_folder_counts)
{
    struct certs c;
    struct error e = ERROR_INIT;
    put(".config/containers/certs.d/h.example:5000/ca.crt", "X");
    setenv("HOME", dir, 1);
    ck_assert(certs_load(&c, NULL, "h.example:5000", &e));
    ck_assert_str_eq(text_get(&c.authorities), "X\n");
    certs_done(&c);
    ck_assert(certs_load(&c, NULL, "h.example", &e));
    ck_assert_uint_eq(c.authorities.length, 0);
    certs_done(&c);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("certs");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, files_are_told_by_their_ends);
    tcase_add_test(c, a_certificate_needs_its_key);
    tcase_add_test(c, a_named_folder_must_be_there);
    tcase_add_test(c, the_users_own_folder_counts);
    return run_suite("certs", c);
}
