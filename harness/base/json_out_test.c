/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/json_out.h"

#include <check.h>
#include <math.h>

static void expect(struct text *t, const char *wanted)
{
    ck_assert_str_eq(text_get(t), wanted);
    text_done(t);
}

START_TEST(structure)
{
    struct text t = TEXT_INIT;
    json_out_open(&t, NULL, '{');
    json_out_text(&t, "a", "x{");
    json_out_text(&t, "b", NULL);
    json_out_text_or_null(&t, "c", NULL);
    json_out_open(&t, "d", '[');
    json_out_integer(&t, NULL, 0);
    json_out_integer(&t, NULL, UINT64_MAX);
    json_out_open(&t, NULL, '{');
    json_out_close(&t, '}');
    json_out_close(&t, ']');
    json_out_bool(&t, "e", false);
    json_out_close(&t, '}');
    expect(&t, "{\"a\":\"x{\",\"c\":null,\"d\":[0,18446744073709551615,{}],\"e\":false}");
}
END_TEST

START_TEST(texts)
{
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"plain ~", "\"plain ~\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\n\033\x01", "\"\\u0008\\n\\u001b\\u0001\""},
        {"\x7f\xc2\x80\xc2\x9f\xc2\xa0", "\"\\u007f\\u0080\\u009f\xc2\xa0\""},
        {"\xff\xc3", "\"\\\\xff\\\\xc3\""},
        {"\xed\xa0\x80", "\"\\\\xed\\\\xa0\\\\x80\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text t = TEXT_INIT;
        json_out_quoted(&t, cases[i][0]);
        expect(&t, cases[i][1]);
    }
}
END_TEST

START_TEST(decimals)
{
    static const struct {
        double value;
        const char *wanted;
    } cases[] = {
        {0, "0"},      {5, "5"},          {3.2, "3.2"},    {0.001, "0.001"},
        {0.0004, "0"}, {0.0006, "0.001"}, {1.25, "1.25"},  {12.05, "12.05"},
        {-1, "0"},     {NAN, "0"},        {INFINITY, "0"}, {1e9, "1000000000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text t = TEXT_INIT;
        json_out_decimal(&t, NULL, cases[i].value);
        expect(&t, cases[i].wanted);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("json_out");
    tcase_add_test(tests, structure);
    tcase_add_test(tests, texts);
    tcase_add_test(tests, decimals);
    Suite *suite = suite_create("json_out");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
