/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as lines of JSON, good and bad; resolv.conf with numbered servers; requests of probes. */
#include "runners/cell/fixture.h"
#include "runners/cell/job.h"
#include "runners/cell/resolv.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(a_whole_job)
{
    const char *line = "{\"job\":7,\"argv\":[\"/p\",\"--check\",\"a.b\"],\"env\":[\"A=b=c\"],"
                       "\"limit\":6.5,\"resolv_conf\":\"nameserver @1\\n\",\"hosts\":null,"
                       "\"nsswitch\":\"hosts: dns\\n\",\"zone\":\"z\",\"syslog\":\"stream\"}";
    struct job j;
    struct error e = ERROR_INIT;
    ck_assert(job_parse(&j, line, strlen(line), &e));
    ck_assert(j.known && j.id == 7 && j.limit > 6.4 && j.limit < 6.6);
    ck_assert_str_eq(j.argv[2], "a.b");
    ck_assert_ptr_null(j.argv[3]);
    ck_assert_str_eq(j.env[0], "A=b=c");
    ck_assert_str_eq(j.resolv_conf, "nameserver @1\n");
    ck_assert_ptr_null(j.hosts);
    ck_assert_int_eq(j.syslog, SYSLOG_STREAM);
    job_done(&j);
}
END_TEST

START_TEST(a_job_with_checks)
{
    const char *line =
        "{\"job\":7,\"argv\":[\"/p\"],\"checks\":{\"a.b\":{\"zone\":\"z\",\"hosts\":null},"
        "\"a.c\":{\"resolv_conf\":\"r\"},\"a.d\":{}}}";
    struct job j;
    struct error e = ERROR_INIT;
    ck_assert(job_parse(&j, line, strlen(line), &e));
    ck_assert_uint_eq(j.check_count, 3);
    ck_assert_str_eq(j.checks[0].id, "a.b");
    ck_assert_str_eq(j.checks[0].zone, "z");
    ck_assert_ptr_null(j.checks[0].hosts);
    ck_assert_str_eq(j.checks[1].resolv_conf, "r");
    ck_assert_ptr_null(j.checks[2].zone);
    job_done(&j);
}
END_TEST

START_TEST(a_short_job)
{
    const char *line = "{\"job\":0,\"argv\":[\"/p\"]}";
    struct job j;
    struct error e = ERROR_INIT;
    ck_assert(job_parse(&j, line, strlen(line), &e));
    ck_assert(j.limit > 0 && j.syslog == SYSLOG_DGRAM && !j.env && !j.nsswitch);
    job_done(&j);
}
END_TEST

static const struct {
    const char *line, *says;
    bool known;
} wrong[] = {
    {"", "no JSON", false},
    {"[1]", "no JSON object", false},
    {"{\"job\":1,\"job\":2}", "no JSON", false},
    {"{\"job\":1,\"argv\":[\"/p\\u0000\"]}", "no JSON", false},
    {"{\"argv\":[\"/p\"]}", "job and argv", false},
    {"{\"job\":-1,\"argv\":[\"/p\"]}", "a number from 0", false},
    {"{\"job\":\"1\",\"argv\":[\"/p\"]}", "a number from 0", false},
    {"{\"job\":1}", "job and argv", true},
    {"{\"job\":1,\"argv\":[]}", "absolute path", true},
    {"{\"job\":1,\"argv\":[\"p\"]}", "absolute path", true},
    {"{\"job\":1,\"argv\":[\"/p\",2]}", "expected texts", true},
    {"{\"job\":1,\"argv\":\"/p\"}", "expected an array", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"env\":[\"A\"]}", "NAME=value", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"env\":[\"=A\"]}", "NAME=value", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"limit\":0}", "expected seconds", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"limit\":1e99}", "expected seconds", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"limit\":\"6\"}", "expected seconds", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"hosts\":1}", "expected a text", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"syslog\":\"tcp\"}", "dgram, stream or none", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"limt\":6}", "no job has", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"checks\":[]}", "expected an object", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"checks\":{\"a\":1}}", "expected an object of", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"checks\":{\"a\":{\"env\":\"\"}}}", "an object of", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"checks\":{\"a\":{\"zone\":1}}}", "expected a text", true},
    {"{\"job\":1,\"argv\":[\"/p\"],\"checks\":{\"a\":{},\"a\":{}}}", "no JSON", false},
};

START_TEST(a_wrong_job)
{
    struct job j;
    struct error e = ERROR_INIT;
    ck_assert(!job_parse(&j, wrong[_i].line, strlen(wrong[_i].line), &e));
    ck_assert_msg(strstr(e.message, wrong[_i].says) != NULL, "%s", e.message);
    ck_assert_int_eq(j.known, wrong[_i].known);
    error_clear(&e);
    job_done(&j);
}
END_TEST

START_TEST(numbered_servers)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    struct resolv_servers named = {0};
    resolv_expand("nameserver @1\nnameserver @9v6\n#a@b @0 @1x @2v6x @",
                  (struct dns_place){.slot = 7}, &t, &named);
    ck_assert_str_eq(text_get(&t),
                     "nameserver 127.0.7.1\nnameserver fd00:706c::7:9\n#a@b @0 @1x @2v6x @");
    ck_assert(named.ipv4[1] && named.ipv6[9]);
    ck_assert(!named.ipv4[9] && !named.ipv4[2] && !named.ipv6[2] && !named.ipv6[1]);
}
END_TEST

START_TEST(requests)
{
    struct fixture_request r;
    ck_assert_ptr_null(fixture_parse("12 dns-log", 10, &r));
    ck_assert_str_eq(r.sequence, "12");
    ck_assert_int_eq(r.verb, FIXTURE_DNS_LOG);
    ck_assert_ptr_null(fixture_parse("0 syslog 250", 12, &r));
    ck_assert(r.verb == FIXTURE_SYSLOG && r.wait == 250);
    ck_assert_ptr_null(fixture_parse("7 fixture", 9, &r));
    ck_assert(r.verb == FIXTURE_TAKE && strcmp(r.check, "") == 0);
    ck_assert_ptr_null(fixture_parse("7 fixture a.b-c", 15, &r));
    ck_assert_str_eq(r.check, "a.b-c");
}
END_TEST

static const char *const wrong_requests[] = {
    "",
    "dns-log",
    "12",
    "12 ",
    "x dns-log",
    "1 dns-logs",
    "1 syslog",
    "1 syslog x",
    "1 syslog -",
    "1 syslog 1x",
    "1 syslog 600001",
    "1 fixtures",
    "1 fixture ",
    "1 fixture a b",
    "1 fixture a\x7f",
    "1 fixture \xff",
    "123456789012345678901234 dns-log",
};

START_TEST(wrong_requests_are_answered)
{
    struct fixture_request r;
    const char *text = wrong_requests[_i];
    ck_assert_ptr_nonnull(fixture_parse(text, strlen(text), &r));
    ck_assert_ptr_nonnull(fixture_parse("1 dns-log\0x", 11, &r));
    char longest[300], name[160] = "1 fixture ";
    memset(name + 10, 'a', 128);
    ck_assert_ptr_nonnull(fixture_parse(name, 138, &r));
    ck_assert_ptr_null(fixture_parse(name, 137, &r));
    memset(longest, '1', sizeof longest);
    ck_assert_ptr_nonnull(fixture_parse(longest, sizeof longest, &r));
    ck_assert_str_eq(r.sequence, "0");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("job");
    TCase *t = tcase_create("job");
    tcase_add_test(t, a_whole_job);
    tcase_add_test(t, a_job_with_checks);
    tcase_add_test(t, a_short_job);
    tcase_add_loop_test(t, a_wrong_job, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(t, numbered_servers);
    tcase_add_test(t, requests);
    tcase_add_loop_test(t, wrong_requests_are_answered, 0,
                        (int)(sizeof wrong_requests / sizeof *wrong_requests));
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
