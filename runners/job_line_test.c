/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as the cell is told them: one fixture for all, or one for each check. */
#include "runners/job_line.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct check plain = {.id = "exec.a", .area = AREA_EXEC},
                          other = {.id = "exec.b", .area = AREA_EXEC},
                          one = {.id = "dns.a", .area = AREA_DNS, .fixture = {.zone = "z"}},
                          two = {.id = "dns.b",
                                 .area = AREA_DNS,
                                 .fixture = {.resolv_conf = "r", .hosts = "h", .nsswitch = "n"}};

static void assert_line(const struct check *first, const struct check *second, bool each,
                        const char *expected)
{
    const struct check *checks[] = {first, second};
    const struct job job = {.area = first->area,
                            .checks = checks,
                            .check_count = second ? 2 : 1,
                            .limit = 6,
                            .idle = 5};
    size_t length;
    CLEANUP_FREE char *line = job_line(&job, MUSL_STATIC, 7, &length);
    ck_assert_str_eq(line, expected);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert_int_eq(job_gives_each(&job), each);
}

START_TEST(a_job_alone_has_its_own_files)
{
    assert_line(&one, NULL, false,
                "{\"job\":7,\"argv\":[\"/.plimsoll/probes/musl-static/dns\",\"--check\",\"dns.a\"],"
                "\"env\":[],\"limit\":6.0,\"idle\":5.0,\"zone\":\"z\"}\n");
}
END_TEST

START_TEST(checks_without_files_share_the_default)
{
    assert_line(
        &plain, &other, false,
        "{\"job\":7,\"argv\":[\"/.plimsoll/probes/musl-static/exec\",\"--check\",\"exec.a\","
        "\"--check\",\"exec.b\"],\"env\":[],\"limit\":6.0,\"idle\":5.0}\n");
}
END_TEST

START_TEST(each_check_has_its_own)
{
    assert_line(
        &two, &one, true,
        "{\"job\":7,\"argv\":[\"/.plimsoll/probes/musl-static/dns\",\"--check\",\"dns.b\","
        "\"--check\",\"dns.a\"],\"env\":[],\"limit\":6.0,\"idle\":5.0,\"checks\":{\"dns.b\":"
        "{\"resolv_conf\":\"r\",\"hosts\":\"h\"},\"dns.a\":{\"zone\":\"z\"}},"
        "\"nsswitch\":\"n\"}\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job_line");
    TCase *tests = tcase_create("job_line");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_job_alone_has_its_own_files);
    tcase_add_test(tests, checks_without_files_share_the_default);
    tcase_add_test(tests, each_check_has_its_own);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
