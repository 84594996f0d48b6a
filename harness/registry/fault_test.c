/* SPDX-License-Identifier: Apache-2.0 */
/* Error documents of registries and token servers, and what is none. */
#include "harness/base/pool.h"
#include "harness/registry/fault.h"
#include "harness/registry/suite.h"

static const struct {
    const char *json, *text;
} rows[] = {
    {"{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\",\"detail\":{}}]}", "DENIED: no"},
    {"{\"errors\":[{\"code\":\"A\"},{\"message\":\"b\"},{\"code\":\"C\",\"message\":\"\"},"
     "{\"code\":\"D\"}]}",
     "A; b; C"},
    {"{\"error\":\"invalid_grant\",\"error_description\":\"gone\"}", "invalid_grant: gone"},
    {"{\"details\":\"incorrect username or password\"}", "incorrect username or password"},
    {"{\"errors\":[{\"code\":\"A\\u001b[31m\",\"message\":\"b\\n\\\\\"}]}",
     "A\\x1b[31m: b\\x0a\\\\"},
    {"{\"errors\":[]}", ""},
    {"{\"errors\":{\"code\":1}}", ""},
    {"{\"errors\":[1,[],{\"code\":2}]}", ""},
    {"[]", ""},
    {"<html>not found</html>", ""},
    {"", ""},
};

START_TEST(faults_are_described)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    fault_describe(rows[_i].json, strlen(rows[_i].json), &t);
    ck_assert_str_eq(text_get(&t), rows[_i].text);
}
END_TEST

START_TEST(faults_are_short)
{
    CLEANUP_TEXT struct text t = TEXT_INIT, json = TEXT_INIT;
    text_add(&json, "{\"errors\":[{\"code\":\"X\",\"message\":\"");
    for (int i = 0; i < 100000; i++)
        text_add_char(&json, 'y');
    text_add(&json, "\"}]}");
    fault_describe(json.data, json.length, &t);
    ck_assert_uint_eq(t.length, strlen("X: ") + 300 + strlen("..."));
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("fault");
    tcase_add_loop_test(c, faults_are_described, 0, sizeof rows / sizeof *rows);
    tcase_add_test(c, faults_are_short);
    return run_suite("fault", c);
}
