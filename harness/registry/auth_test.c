/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to challenges, and tokens. */
#include "harness/registry/auth.h"
#include "harness/registry/suite.h"

static bool take(struct auth *a, const char *challenge, bool plain, struct error *e)
{
    CLEANUP_FREE char *line = must_printf("WWW-Authenticate: %s", challenge);
    struct head h = {NULL};
    bool ok = head_take_line(&h, line, strlen(line)) && auth_take_challenges(a, &h, plain, e);
    head_clear(&h);
    return ok;
}

static const struct {
    const char *challenge;
    bool plain;
    enum auth_kind kind;
    const char *message;
} rows[] = {
    {"Basic realm=x", false, AUTH_BASIC},
    {"Bearer realm=\"https://a.example/\"", false, AUTH_BEARER},
    {"Basic realm=x, Bearer realm=\"https://a.example/\"", false, AUTH_BEARER},
    {"Bearer realm=\"http://a.example/\"", true, AUTH_BEARER},
    {"Bearer realm=\"http://a.example/x?s=hunter2\"", false, AUTH_BEARER,
     "token server http://a.example/x is not asked"},
    {"Bearer realm=\"file:///etc/passwd\"", true, AUTH_BEARER, "is not asked"},
    {"Bearer", false, AUTH_NONE, "by Bearer"},
    {"Negotiate, Digest realm=x", false, AUTH_NONE, "authentication by Negotiate, Digest"},
    {"", false, AUTH_NONE, "no scheme at all"},
};

START_TEST(challenges_are_answered)
{
    struct auth a;
    struct error e = ERROR_INIT;
    auth_init(&a);
    ck_assert_int_eq(take(&a, rows[_i].challenge, rows[_i].plain, &e), rows[_i].message == NULL);
    ck_assert_int_eq(a.kind, rows[_i].kind);
    if (rows[_i].message) {
        ck_assert_ptr_null(strstr(e.message, "hunter2"));
        expect_error(&e, rows[_i].message);
    }
    auth_done(&a);
}
END_TEST

static const struct {
    const char *json, *header; /* NULL: refused */
    unsigned seconds;
} tokens[] = {
    {"{\"token\":\"abc\"}", "Authorization: Bearer abc", 48},
    {"{\"access_token\":\"abc\",\"expires_in\":300}", "Authorization: Bearer abc", 240},
    {"{\"token\":\"\",\"access_token\":\"abc\",\"expires_in\":-5}", "Authorization: Bearer abc",
     48},
    {"{\"token\":\"a\",\"expires_in\":9999999999}", "Authorization: Bearer a", 69120},
    {"{\"token\":\"a\\r\\nX: y\"}", NULL},
    {"{\"token\":\"a b\"}", NULL},
    {"{\"token\":7}", NULL},
    {"[]", NULL},
    {"x", NULL},
};

START_TEST(tokens_are_taken)
{
    struct auth a;
    struct error e = ERROR_INIT;
    auth_init(&a);
    ck_assert(take(&a, "Bearer realm=\"https://a.example/\"", false, &e));
    ck_assert(auth_needs_token(&a));
    uint64_t before = auth_clock();
    bool ok = auth_take_token(&a, tokens[_i].json, strlen(tokens[_i].json), &e);
    ck_assert_int_eq(ok, tokens[_i].header != NULL);
    ck_assert_int_eq(auth_needs_token(&a), !ok);
    CLEANUP_FREE char *header = auth_header(&a);
    ck_assert_pstr_eq(header, tokens[_i].header);
    if (ok)
        ck_assert(a.expires >= before + tokens[_i].seconds &&
                  a.expires <= auth_clock() + tokens[_i].seconds);
    else
        expect_error(&e, "no token");
    a.expires = 0; /* as time will have it */
    ck_assert(auth_needs_token(&a));
    auth_done(&a);
}
END_TEST

START_TEST(basic_is_base64)
{
    struct auth a;
    struct error e = ERROR_INIT;
    auth_init(&a);
    ck_assert(take(&a, "Basic realm=x", false, &e));
    ck_assert_ptr_null(auth_header(&a));
    a.found.credentials =
        (struct credentials){must_strdup("Aladdin"), must_strdup("open sesame"), NULL};
    CLEANUP_FREE char *header = auth_header(&a); /* the example of RFC 7617 */
    ck_assert_str_eq(header, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    auth_done(&a);
}
END_TEST

START_TEST(the_source_is_told_and_not_the_secret)
{
    struct auth a;
    auth_init(&a);
    CLEANUP_FREE char *unasked = auth_describe(&a);
    ck_assert_str_eq(unasked, "asked anonymously");
    a.looked_up = true;
    a.found.source = must_strdup("/a.json");
    CLEANUP_FREE char *nothing = auth_describe(&a);
    ck_assert_str_eq(nothing, "asked anonymously (no credentials for it in /a.json)");
    a.found.found = true;
    a.found.credentials.password = must_strdup("hunter2");
    CLEANUP_FREE char *found = auth_describe(&a);
    ck_assert_str_eq(found, "asked with the credentials of /a.json");
    auth_done(&a);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("auth");
    tcase_add_loop_test(c, challenges_are_answered, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(c, tokens_are_taken, 0, sizeof tokens / sizeof *tokens);
    tcase_add_test(c, basic_is_base64);
    tcase_add_test(c, the_source_is_told_and_not_the_secret);
    return run_suite("auth", c);
}
