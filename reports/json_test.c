/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/test_sample.h"

#include <jansson.h>

static json_t *json(const struct sample *s)
{
    struct report_options o = {0};
    json_error_t fault;
    CLEANUP_FREE char *text = sample_report(s->j, "json", &o);
    CLEANUP_FREE char *again = sample_report(s->j, "json", &o);
    ck_assert_str_eq(text, again);
    json_t *report = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    ck_assert_msg(report != NULL, "line %d: %s", fault.line, fault.text);
    return report;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "(none)";
}

START_TEST(failing)
{
    struct sample s = sample_failing();
    json_t *report = json(&s);
    const json_t *summary = json_object_get(report, "summary");
    ck_assert_uint_eq(json_object_size(summary), VERDICT_COUNT);
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "diverged")), 6);
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "pass")), 20);
    ck_assert_int_eq(json_integer_value(json_object_get(report, "exit")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(report, "images")), 4);
    ck_assert_uint_eq(json_array_size(json_object_get(report, "cells")), 12);
    ck_assert_uint_eq(json_array_size(json_object_get(report, "causes")), 2);
    const json_t *verdicts = json_object_get(report, "verdicts");
    ck_assert_uint_eq(json_array_size(verdicts), s.j->verdict_count);
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(verdicts); i++) {
        const json_t *v = json_array_get(verdicts, i);
        if (strcmp(text_of(v, "verdict"), "diverged") != 0 ||
            strcmp(text_of(v, "check"), "time.tz.named") != 0)
            continue;
        found++;
        ck_assert_str_eq(text_of(v, "image"), "alpine-3.20");
        ck_assert_str_eq(text_of(v, "status"), "value");
        ck_assert_str_eq(text_of(v, "observed"), "09:46 UTC");
        ck_assert_str_eq(text_of(v, "expected"), "\"11:46 CEST\"");
        ck_assert_str_eq(text_of(v, "rule"), "builtin/time.yaml:12:5");
        ck_assert_ptr_nonnull(strstr(text_of(v, "cause"), "tzdata is absent"));
    }
    ck_assert_uint_eq(found, 4);
    json_decref(report);
    CLEANUP_FREE char *text = sample_report(s.j, "json", &(struct report_options){0});
    sample_compare(text, "failing.json");
    sample_done(&s);
}
END_TEST

START_TEST(empty)
{
    struct sample s = sample_empty();
    json_t *report = json(&s);
    ck_assert_uint_eq(json_array_size(json_object_get(report, "verdicts")), 0);
    ck_assert(json_is_array(json_object_get(report, "verdicts")));
    ck_assert(json_is_true(json_object_get(report, "complete")));
    json_decref(report);
    sample_done(&s);
}
END_TEST

START_TEST(keys_without_a_rule)
{
    struct sample s = sample_empty();
    size_t cell = sample_cell(&s, sample_image(&s, "i", "linux/amd64"), MUSL_STATIC);
    sample_verdict(&s, cell, "time.x", VERDICT_NEW, "seen");
    json_t *report = json(&s);
    const json_t *v = json_array_get(json_object_get(report, "verdicts"), 0);
    ck_assert(json_is_null(json_object_get(v, "expected")));
    ck_assert(json_is_null(json_object_get(v, "rule")));
    ck_assert_str_eq(text_of(v, "flavor"), "musl-static");
    ck_assert_str_eq(text_of(v, "platform"), "linux/amd64");
    json_decref(report);
    sample_done(&s);
}
END_TEST

START_TEST(hostile)
{
    static const char *const values[][2] = {
        {"\"\\/ \b\f\n\r\t \033[31m", "\"\\/ \b\f\n\r\t \033[31m"},
        {"b\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "b\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xff \xc3( \xed\xa0\x80", "\\xff \\xc3( \\xed\\xa0\\x80"},
        {"\x7f\xc2\x9b", "\x7f\xc2\x9b"},
        {"", ""},
    };
    struct sample s = sample_empty();
    size_t cell = sample_cell(&s, sample_image(&s, "\"\x01\xff", "linux/amd64"), MUSL_STATIC);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        sample_verdict(&s, cell, "time.x", VERDICT_NEW, values[i][0]);
    char *long_value = must_calloc(10001, 1);
    memset(long_value, '\\', 10000);
    sample_verdict(&s, cell, "time.y", VERDICT_NEW, long_value);
    json_t *report = json(&s);
    const json_t *verdicts = json_object_get(report, "verdicts");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ck_assert_str_eq(text_of(json_array_get(verdicts, i), "observed"), values[i][1]);
    ck_assert_str_eq(text_of(json_array_get(verdicts, 5), "observed"), long_value); /* never cut */
    CLEANUP_FREE char *text = sample_report(s.j, "json", &(struct report_options){0});
    ck_assert_ptr_null(strchr(text, '\033'));
    json_decref(report);
    free(long_value);
    sample_done(&s);
}
END_TEST

START_TEST(publishing)
{
    struct sample s = sample_empty();
    struct report_options o = {0};
    struct error e = ERROR_INIT;
    const struct report_format *f = report_format_by_name("json");
    ck_assert_ptr_null(report_format_by_name("jsonx"));
    ck_assert(!report_write(f, s.j, &o, "/nowhere/at/all.json", &e));
    ck_assert_ptr_nonnull(strstr(e.message, "report json: cannot write /nowhere/at/all.json"));
    error_clear(&e);
    ck_assert(!report_write(f, s.j, &o, "/dev/full", &e)); /* a device is written directly */
    ck_assert_ptr_nonnull(strstr(e.message, "No space left"));
    error_clear(&e);
    sample_done(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json");
    tcase_add_test(tests, failing);
    tcase_add_test(tests, empty);
    tcase_add_test(tests, keys_without_a_rule);
    tcase_add_test(tests, hostile);
    tcase_add_test(tests, publishing);
    Suite *suite = suite_create("json");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
