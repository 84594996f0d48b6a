/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/query_log.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void assert_taken(struct query_log *l, const char *expected)
{
    char *text = query_log_take(l);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(lines_are_kept_in_order_and_forgotten)
{
    struct query_log l = {0};
    query_log_add(&l, "udp", 1, false, "foo.test A");
    query_log_add(&l, "tcp", 2, true, "foo.test AAAA ad");
    assert_taken(&l, "udp @1 foo.test A\ntcp @2v6 foo.test AAAA ad\n");
    assert_taken(&l, "");
    query_log_add(&l, "udp", 9, false, "malformed");
    query_log_done(&l);
}
END_TEST

START_TEST(a_log_is_cut_once)
{
    struct query_log l = {0};
    char name[1000];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 200; i++)
        query_log_add(&l, "udp", 1, false, name);
    char *text = query_log_take(&l);
    size_t length = strlen(text);
    ck_assert_uint_gt(length, QUERY_LOG_BYTES);
    ck_assert_uint_lt(length, QUERY_LOG_BYTES + 1100);
    ck_assert_ptr_eq(strstr(text, "...\n"), text + length - 4);
    free(text);
    query_log_add(&l, "udp", 1, false, "foo.test A");
    assert_taken(&l, "udp @1 foo.test A\n");
    query_log_done(&l);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("query log");
    TCase *all = tcase_create("all");
    tcase_add_test(all, lines_are_kept_in_order_and_forgotten);
    tcase_add_test(all, a_log_is_cut_once);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
