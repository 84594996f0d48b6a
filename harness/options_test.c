/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, and users as images name them. */
#include "harness/options.h"
#include "harness/user.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool parse(enum verb verb, struct options *o, struct error *e, int argc, const char **argv)
{
    return options_parse(argc, (char **)argv, verb, o, e);
}
#define PARSE(verb, o, e, ...) \
    parse(verb, o, e, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), \
          (const char *[]){__VA_ARGS__})

START_TEST(options_come_in_every_form)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(PARSE(VERB_CHECK, &o, &e, "--platform", "arm64", "--platform=amd64", "-j3", "oci:x",
                    "--strict", "--", "--check"));
    ck_assert_uint_eq(o.platforms.count, 2);
    ck_assert_str_eq(o.platforms.items[1], "amd64");
    ck_assert_str_eq(o.jobs, "3");
    ck_assert(o.strict && !o.emulate);
    ck_assert_uint_eq(o.arguments.count, 2);
    ck_assert_str_eq(o.arguments.items[1], "--check");
    options_done(&o);
}
END_TEST

START_TEST(wrong_options_are_named)
{
    static const struct {
        const char *word, *message;
    } rows[] = {
        {"--platfrom", "unknown option --platfrom (did you mean \"platform\"?)"},
        {"--zzzzzzzz", "unknown option --zzzzzzzz"},
        {"-Z", "unknown option -Z"},
        {"--strict=yes", "--strict takes no value"},
        {"--results", "--results needs a value: FILE"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o;
        struct error e = ERROR_INIT;
        ck_assert(!PARSE(VERB_CHECK, &o, &e, rows[i].word));
        ck_assert_str_eq(e.message, rows[i].message);
        ck_assert_int_eq(e.code, ERROR_USAGE);
        error_clear(&e);
    }
}
END_TEST

START_TEST(verbs_take_their_own_options_only)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(!PARSE(VERB_JUDGE, &o, &e, "--platform", "arm64"));
    error_clear(&e);
    CLEANUP_FREE char *help = options_help(VERB_JUDGE);
    ck_assert_ptr_nonnull(strstr(help, "--report"));
    ck_assert_ptr_null(strstr(help, "--platform"));
}
END_TEST

START_TEST(a_flag_beats_the_environment)
{
    struct options o;
    struct error e = ERROR_INIT;
    setenv("PLIMSOLL_JOBS", "7", 1);
    setenv("PLIMSOLL_STRICT", "0", 1);
    ck_assert(PARSE(VERB_CHECK, &o, &e, "x"));
    ck_assert_str_eq(o.jobs, "7");
    ck_assert(!o.strict);
    options_done(&o);
    ck_assert(PARSE(VERB_CHECK, &o, &e, "--jobs", "2"));
    ck_assert_str_eq(o.jobs, "2");
    options_done(&o);
    unsetenv("PLIMSOLL_JOBS");
    unsetenv("PLIMSOLL_STRICT");
}
END_TEST

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/:/bin/false\nbad";
static const char group[] = "root:x:0:\nweb:x:33:app,other\nlog:x:44:other,app\nno:x:55:apple\n";

START_TEST(users_resolve_as_engines_do)
{
    static const struct {
        const char *spec, *user;
    } rows[] = {
        {"", "0:0"},
        {"0", "0:0"},
        {"app", "1000:1001:33:44"},
        {"1000", "1000:1001:33:44"},
        {"app:web", "1000:33"},
        {"65532", "65532:0"},
        {"7:8", "7:8"},
        {"root", "0:0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = ERROR_INIT;
        CLEANUP_FREE char *user = user_resolve(rows[i].spec, passwd, group, &e);
        ck_assert_msg(user && strcmp(user, rows[i].user) == 0, "%s: %s", rows[i].spec,
                      user ? user : e.message);
    }
}
END_TEST

START_TEST(unknown_users_are_errors)
{
    static const char *const specs[] = {"nobody", "app:nogroup", "-1", "4294967295", "bad"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct error e = ERROR_INIT;
        ck_assert_msg(user_resolve(specs[i], passwd, group, &e) == NULL, "%s", specs[i]);
        ck_assert(error_is_set(&e));
        error_clear(&e);
    }
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *user = user_resolve("12", NULL, NULL, &e);
    ck_assert_str_eq(user, "12:0");
    ck_assert_ptr_null(user_resolve("app", NULL, NULL, &e));
    error_clear(&e);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *tests = tcase_create("options");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, options_come_in_every_form);
    tcase_add_test(tests, wrong_options_are_named);
    tcase_add_test(tests, verbs_take_their_own_options_only);
    tcase_add_test(tests, a_flag_beats_the_environment);
    tcase_add_test(tests, users_resolve_as_engines_do);
    tcase_add_test(tests, unknown_users_are_errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
