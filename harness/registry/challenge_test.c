/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate as servers write it: RFC 9110's own examples, registries, and faults. */
#include "harness/registry/challenge.h"
#include "harness/registry/suite.h"

static const struct {
    const char *value;                           /* headers, with a newline between two */
    const char *schemes;                         /* of those found */
    const char *realm, *service, *scope, *error; /* of the Bearer among them */
    bool malformed;
} rows[] = {
    {"Bearer realm=\"https://a.example/token\",service=\"r.example\",scope=\"repository:x/y:pull\"",
     "Bearer", "https://a.example/token", "r.example", "repository:x/y:pull", NULL},
    {"bearer Realm = \"a\" , SERVICE=b", "bearer", "a", "b"},
    {"Basic realm=\"simple\", Bearer realm=\"t\"", "Basic Bearer", "t"},
    {"Basic realm=\"simple\"\nBearer realm=\"t\",error=\"invalid_token\"", "Basic Bearer", "t",
     NULL, NULL, "invalid_token"},
    {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
     "Newauth Basic"},
    {"Bearer realm=\"a \\\"quoted\\\" \\\\ one, Basic realm=x\"", "Bearer",
     "a \"quoted\" \\ one, Basic realm=x"},
    {"Negotiate", "Negotiate"},
    {"Negotiate, Basic realm=x", "Negotiate Basic"},
    {"Negotiate YWJj==, Bearer realm=t", "Negotiate Bearer", "t"},
    {"Negotiate a/b+c~1", "Negotiate"},
    {" , ,Bearer realm=t,, ,service=s, ", "Bearer", "t", "s"},
    {"Bearer realm=first, realm=second", "Bearer", "first"},
    {"Bearer realm=\"\"", "Bearer", ""},
    {"", ""},
    {"Bearer realm=\"never closed", "Bearer", .malformed = true},
    {"Bearer realm=\"ends in a backslash\\", "Bearer", .malformed = true},
    {"Bearer realm=", "Bearer"}, /* which is a token68 */
    {"Bearer realm=, x=y", "Bearer", .malformed = true},
    {"Bearer =x", "Bearer", .malformed = true},
    {"Bearer realm=a b=c", "Bearer", .malformed = true},
    {"Bearer \"realm\"=a", "Bearer", .malformed = true},
    {"Basic realm=x, @", "Basic", .malformed = true},
    {"=", "", .malformed = true},
    {"Bearer;realm=a", "", .malformed = true},
};

START_TEST(challenges_are_found)
{
    struct pool *pool = pool_new();
    struct challenges c = {NULL, 0};
    CLEANUP_FREE char *headers = must_strdup(rows[_i].value), *rest = NULL;
    bool good = true;
    for (char *line = strtok_r(headers, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        good = challenges_parse(pool, line, &c) && good;
    rest = NULL;
    const char *schemes = "";
    for (size_t i = 0; i < c.count; i++)
        schemes = pool_printf(pool, "%s%s%s", schemes, i ? " " : "", c.items[i].scheme);
    ck_assert_str_eq(schemes, rows[_i].schemes);
    ck_assert_int_eq(good, !rows[_i].malformed);
    const struct challenge *bearer = challenges_find(&c, "BEARER");
    ck_assert_int_eq(bearer != NULL, strcasestr(rows[_i].schemes, "bearer") != NULL);
    ck_assert_pstr_eq(bearer ? bearer->realm : NULL, rows[_i].realm);
    ck_assert_pstr_eq(bearer ? bearer->service : NULL, rows[_i].service);
    ck_assert_pstr_eq(bearer ? bearer->scope : NULL, rows[_i].scope);
    ck_assert_pstr_eq(bearer ? bearer->error : NULL, rows[_i].error);
    challenges_done(&c);
    pool_free(pool);
}
END_TEST

START_TEST(there_is_a_limit)
{
    struct pool *pool = pool_new();
    struct challenges c = {NULL, 0};
    CLEANUP_FREE char *many = must_calloc(4 * 100 + 1, 1);
    for (int i = 0; i < 100; i++)
        memcpy(many + (size_t)i * 4, "Ab, ", 4);
    ck_assert(!challenges_parse(pool, many, &c));
    ck_assert_uint_eq(c.count, 32);
    challenges_done(&c);
    pool_free(pool);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("challenge");
    tcase_add_loop_test(c, challenges_are_found, 0, sizeof rows / sizeof *rows);
    tcase_add_test(c, there_is_a_limit);
    return run_suite("challenge", c);
}
