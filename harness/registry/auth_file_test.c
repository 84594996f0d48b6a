/* SPDX-License-Identifier: Apache-2.0 */
/* Auth files as podman, docker and their users write them. The base64 texts: bTpw is m:p, aDpx is
 * h:q, bnM6cg== is ns:r, cmVwbzpz is repo:s. */
#include "harness/base/pool.h"
#include "harness/registry/auth_file.h"
#include "harness/registry/suite.h"

static const struct {
    const char *json, *registry, *repository;
    const char *user, *password, *identity, *helper, *server;
    bool legacy;
} rows[] = {
    {"{}", "h.example", "x"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"bTpw\"}}}", "h.example", "x", "m", "p"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"bTpw\"}}}", "h.example:5000", "x"},
    {"{\"auths\":{\"h.example:5000\":{\"auth\":\"bTpw\"}}}", "h.example:5000", "x", "m", "p"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"aDpx\"},\"h.example/ns\":{\"auth\":\"bnM6cg==\"},"
     "\"h.example/ns/x\":{\"auth\":\"cmVwbzpz\"}}}",
     "h.example", "ns/x", "repo", "s"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"aDpx\"},\"h.example/ns\":{\"auth\":\"bnM6cg==\"}}}",
     "h.example", "ns/sub/x", "ns", "r"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"aDpx\"},\"h.example/ns\":{\"auth\":\"bnM6cg==\"}}}",
     "h.example", "nsx/x", "h", "q"},
    {"{\"auths\":{\"h.example/ns\":{},\"h.example\":{\"auth\":\"aDpx\"}}}", "h.example", "ns/x",
     "h", "q"},
    {"{\"auths\":{\"https://h.example/v1/\":{\"auth\":\"bTpw\"}}}", "h.example", "x", "m", "p"},
    {"{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"bTpw\"}}}", "docker.io", "library/x",
     "m", "p"},
    {"{\"auths\":{\"docker.io\":{\"auth\":\"bTpw\"}}}", "docker.io", "library/x", "m", "p"},
    {"{\"auths\":{\"docker.io/library\":{\"auth\":\"bTpw\"}}}", "docker.io", "library/x", "m", "p"},
    {"{\"auths\":{\"h.example\":{\"username\":\"u\",\"password\":\"w\"}}}", "h.example", "x", "u",
     "w"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"bTpw\",\"identitytoken\":\"t\"}}}", "h.example", "x",
     "m", "p", "t"},
    {"{\"auths\":{\"h.example\":{\"identitytoken\":\"t\"}}}", "h.example", "x", NULL, NULL, "t"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"bTpw\"}},\"credHelpers\":{\"h.example\":\"pass\"}}",
     "h.example", "x", .helper = "pass", .server = "h.example"},
    {"{\"auths\":{\"h.example\":{}},\"credsStore\":\"desk\"}", "h.example", "x", .helper = "desk",
     .server = "h.example"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"bTpw\"}},\"credsStore\":\"desk\"}", "h.example", "x",
     "m", "p"},
    {"{\"credsStore\":\"desk\"}", "docker.io", "library/x", .helper = "desk",
     .server = "https://index.docker.io/v1/"},
    {"{\"credHelpers\":{\"docker.io\":\"a\"},\"credsStore\":\"b\"}", "docker.io", "library/x",
     .helper = "a", .server = "docker.io"},
    {"{\"credHelpers\":{\"https://index.docker.io/v1/\":\"a\"}}", "docker.io", "library/x",
     .helper = "a", .server = "https://index.docker.io/v1/"},
    {"{\"auths\":{\"docker.io\":{\"auth\":\"bTpw\"}}}", "h.example", "docker.io/x"},
    {"{\"https://h.example/v1/\":{\"auth\":\"bTpw\"}}", "h.example", "x", "m", "p", .legacy = true},
    {"{\"h.example/ns\":{\"auth\":\"bTpw\"}}", "h.example", "x", "m", "p", .legacy = true},
    {"{\"auths\":[],\"credHelpers\":7,\"credsStore\":\"\"}", "h.example", "x"},
};

START_TEST(entries_are_found)
{
    struct auth_entry a;
    struct error e = ERROR_INIT;
    ck_assert_msg(auth_file_find(rows[_i].json, strlen(rows[_i].json), rows[_i].legacy,
                                 rows[_i].registry, rows[_i].repository, &a, &e),
                  "%s", e.message);
    ck_assert_int_eq(a.found, rows[_i].password || rows[_i].identity);
    ck_assert_pstr_eq(a.credentials.user, rows[_i].user);
    ck_assert_pstr_eq(a.credentials.password, rows[_i].password);
    ck_assert_pstr_eq(a.credentials.identity_token, rows[_i].identity);
    ck_assert_pstr_eq(a.helper, rows[_i].helper);
    ck_assert_pstr_eq(a.server, rows[_i].server);
    auth_entry_done(&a);
}
END_TEST

static const struct {
    const char *json, *message;
} bad[] = {
    {"", "not JSON"},
    {"[]", "not a JSON object"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"hunter2\\q\"}}}", "line 1, column"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"hunter2\"}}}",
     "\"auth\" of \"h.example\" is not base64"},
    {"{\"auths\":{\"h.example\":{\"auth\":\"aHVudGVyMg==\"}}}", "is not base64 of user:password"},
    {"{\"credsStore\":\"../../bin/hunter2\"}", "is not the name of a credential helper"},
};

START_TEST(wrong_files_are_explained)
{
    struct auth_entry a;
    struct error e = ERROR_INIT;
    ck_assert(!auth_file_find(bad[_i].json, strlen(bad[_i].json), false, "h.example", "x", &a, &e));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    if (!strstr(bad[_i].json, "credsStore")) /* a secret is never told, whatever is wrong */
        ck_assert_msg(!strstr(e.message, "hunter2"), "%s", e.message);
    expect_error(&e, bad[_i].message);
}
END_TEST

START_TEST(a_padded_password_ends_at_its_padding)
{
    static const char json[] = "{\"auths\":{\"h\":{\"auth\":\"bTpwAAAA\"}}}"; /* m:p and NULs */
    struct auth_entry a;
    struct error e = ERROR_INIT;
    ck_assert(auth_file_find(json, strlen(json), false, "h", "x", &a, &e));
    ck_assert_str_eq(a.credentials.password, "p");
    auth_entry_done(&a);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("auth_file");
    tcase_add_loop_test(c, entries_are_found, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(c, wrong_files_are_explained, 0, sizeof bad / sizeof *bad);
    tcase_add_test(c, a_padded_password_ends_at_its_padding);
    return run_suite("auth_file", c);
}
