/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of an observation. */
#include "matrices/judge_fixture.h"

/* ---- what a rule admits ---- */

static const struct {
    const char *rule;
    enum status status;
    const char *value;
    enum verdict verdict;
    const char *expected;
} expectations[] = {
    {"value: a", STATUS_VALUE, "a", VERDICT_PASS, "\"a\""},
    {"value: a", STATUS_VALUE, "aa", VERDICT_DIVERGED, "\"a\""},
    {"value: a", STATUS_CRASH, "a", VERDICT_DIVERGED, "\"a\""},
    {"value: a", STATUS_TIMEOUT, "2 s", VERDICT_DIVERGED, "\"a\""},
    {"value: a", STATUS_SKIP, "no", VERDICT_SKIPPED, "\"a\""},
    {"value: a", STATUS_ERROR, "ours", VERDICT_ERROR, "\"a\""},
    {"value: a", STATUS_ABSENT, "no-loader", VERDICT_ABSENT, "\"a\""},
    {"value: \"\"", STATUS_VALUE, "", VERDICT_PASS, "\"\""},
    {"value: 'say \"x\"'", STATUS_VALUE, "say \"x\"", VERDICT_PASS, "\"say \\\"x\\\"\""},
    {"value: 007", STATUS_VALUE, "007", VERDICT_PASS, "\"007\""},
    {"value: 007", STATUS_VALUE, "7", VERDICT_DIVERGED, "\"007\""},
    {"any-of: [a, b]", STATUS_VALUE, "b", VERDICT_PASS, "\"a\" or \"b\""},
    {"any-of: [a, b]", STATUS_VALUE, "c", VERDICT_DIVERGED, "\"a\" or \"b\""},
    {"pattern: \"^x[0-9]+$\"", STATUS_VALUE, "x12", VERDICT_PASS, "matches ^x[0-9]+$"},
    {"pattern: \"x|yz\"", STATUS_VALUE, "xz", VERDICT_DIVERGED, "matches x|yz"},
    {"pattern: \"x|yz\"", STATUS_VALUE, "yz", VERDICT_PASS, "matches x|yz"},
    {"pattern: \"x\"", STATUS_VALUE, "axb", VERDICT_DIVERGED, "matches x"},
    {"any: true", STATUS_VALUE, "z", VERDICT_PASS, "any value"},
    {"any: true", STATUS_CRASH, "SIGSEGV", VERDICT_DIVERGED, "any value"},
    {"status: crash", STATUS_CRASH, "SIGSEGV", VERDICT_PASS, "crash"},
    {"{status: crash, value: SIGFPE}", STATUS_CRASH, "SIGFPE", VERDICT_PASS, "crash \"SIGFPE\""},
    {"{status: crash, value: SIGFPE}", STATUS_CRASH, "SIGSEGV", VERDICT_DIVERGED,
     "crash \"SIGFPE\""},
    {"{status: crash, value: SIGFPE}", STATUS_VALUE, "SIGFPE", VERDICT_DIVERGED,
     "crash \"SIGFPE\""},
    {"status: absent", STATUS_ABSENT, "x", VERDICT_PASS, "no start"},
    {"status: absent", STATUS_VALUE, "x", VERDICT_DIVERGED, "no start"},
    {"status: skip", STATUS_SKIP, "x", VERDICT_PASS, "skip"},
    {"status: skip", STATUS_VALUE, "x", VERDICT_DIVERGED, "skip"},
    {"status: timeout", STATUS_TIMEOUT, "2 s", VERDICT_PASS, "timeout"},
    {"{value: a, class: known, reason: r}", STATUS_VALUE, "a", VERDICT_KNOWN, "\"a\""},
    {"{value: a, class: known, reason: r}", STATUS_VALUE, "b", VERDICT_DIVERGED, "\"a\""},
    {"{any-of: [a, b], class: flaky, reason: r}", STATUS_VALUE, "b", VERDICT_KNOWN,
     "\"a\" or \"b\""},
    {"{class: skip, reason: r}", STATUS_VALUE, "b", VERDICT_SKIPPED, "not judged"},
    {"{class: skip, reason: r}", STATUS_CRASH, "b", VERDICT_SKIPPED, "not judged"},
    {"{class: skip, reason: r}", STATUS_ERROR, "b", VERDICT_ERROR, "not judged"},
};

START_TEST(a_rule_admits_what_it_says)
{
    CLEANUP_FREE char *yaml = must_printf("checks:\n  dns.a:\n    - %s\n", expectations[_i].rule);
    rules(yaml);
    add_image("base", "linux/amd64");
    observe_status(add_cell(GLIBC_STATIC), "dns.a", expectations[_i].status,
                   expectations[_i].value);
    judge();
    expect(0, "dns.a", expectations[_i].verdict);
    const struct judged *row = row_of(0, "dns.a");
    ck_assert_str_eq(row->expected, expectations[_i].expected);
    ck_assert_str_eq(row->rule, "m.yaml:4:7");
    ck_assert_str_eq(row->observed, expectations[_i].value);
    ck_assert_int_eq(row->status, expectations[_i].status);
    ck_assert_uint_eq(row->cause, SIZE_MAX);
    if (strstr(expectations[_i].rule, "reason"))
        ck_assert_str_eq(row->reason, "r");
}
END_TEST

/* ---- what has no rule, what is not there ---- */

START_TEST(without_a_rule_it_is_new)
{
    rules("checks:\n  dns.a:\n    - {when: {libc: musl}, value: a}\n");
    add_image("base", "linux/amd64");
    size_t cell = add_cell(GLIBC_STATIC);
    observe(cell, "dns.a", "a");
    observe(cell, "dns.z", "not even in the catalogue");
    observe_status(cell, "time.tz", STATUS_SKIP, "why");
    judge();
    expect(cell, "dns.a", VERDICT_NEW);
    expect(cell, "dns.z", VERDICT_NEW);
    expect(cell, "time.tz", VERDICT_SKIPPED);
    ck_assert_ptr_null(row_of(cell, "dns.a")->expected);
    ck_assert_uint_eq(judgement->remark_count, 1);
    ck_assert_str_eq(judgement->remarks[0].kind, "unreferenced");
    ck_assert_str_eq(judgement->remarks[0].rule, "m.yaml:4:7");
}
END_TEST

#define TWO_CHECKS \
    "checks:\n  dns.a: [{value: a}]\n  dns.b: [{value: b}]\n  exec.start: [{value: ok}]\n" \
    "  image.shell: [{any: true}]\n"

START_TEST(what_was_not_observed_is_missing)
{
    rules(TWO_CHECKS);
    add_image("base", "linux/amd64");
    size_t cell = add_cell(GLIBC_STATIC), image = add_cell(FLAVOR_NONE);
    observe(cell, "exec.start", "ok");
    judge();
    expect(cell, "dns.a", VERDICT_MISSING);
    expect(cell, "dns.b", VERDICT_MISSING);
    expect(cell, "exec.start", VERDICT_PASS);
    expect(image, "image.shell", VERDICT_MISSING);
    ck_assert_uint_eq(judgement->verdict_count, 4);
    for (size_t i = 1; i < 3; i++)
        ck_assert_str_lt(judgement->verdicts[i - 1].check, judgement->verdicts[i].check);
}
END_TEST

START_TEST(only_what_was_selected_can_be_missing)
{
    rules(TWO_CHECKS);
    add_image("base", "linux/amd64");
    size_t cell = add_cell(GLIBC_STATIC);
    options.selected_count = 1;
    judge();
    expect(cell, "dns.a", VERDICT_MISSING);
    ck_assert_uint_eq(judgement->verdict_count, 1);
}
END_TEST

START_TEST(an_interrupted_run_is_no_divergence)
{
    rules(TWO_CHECKS);
    run->complete = false;
    add_image("base", "linux/amd64");
    size_t cell = add_cell(GLIBC_STATIC);
    observe(cell, "dns.a", "a");
    judge();
    expect(cell, "dns.a", VERDICT_PASS);
    expect(cell, "dns.b", VERDICT_ERROR);
    ck_assert_int_eq(judgement_exit_code(judgement), 3);
}
END_TEST

START_TEST(a_failed_cell_is_one_error)
{
    rules(TWO_CHECKS);
    add_image("base", "linux/amd64");
    size_t cell = add_cell(GLIBC_STATIC);
    run->cells[cell].failure = "no sandbox";
    judge();
    ck_assert_uint_eq(judgement->verdict_count, 1);
    ck_assert_int_eq(judgement->verdicts[0].verdict, VERDICT_ERROR);
    ck_assert_str_eq(judgement->verdicts[0].observed, "no sandbox");
}
END_TEST

START_TEST(observations_may_come_in_any_order)
{
    rules(TWO_CHECKS);
    add_image("base", "linux/amd64");
    size_t one = add_cell(GLIBC_STATIC), two = add_cell(MUSL_STATIC);
    observe(two, "exec.start", "ok");
    observe(one, "dns.b", "b");
    observe(two, "dns.a", "x");
    observe(one, "exec.start", "ok");
    observe(two, "dns.b", "b");
    observe(one, "dns.a", "a");
    judge();
    ck_assert_uint_eq(judgement->counts[VERDICT_PASS], 5);
    expect(two, "dns.a", VERDICT_DIVERGED);
}
END_TEST

/* ---- repeats ---- */

static const struct {
    const char *rule, *values[3];
    enum verdict verdict;
    const char *observed;
} repeats[] = {
    {"value: a", {"a", "a", "a"}, VERDICT_PASS, "a"},
    {"value: a", {"a", "b", "a"}, VERDICT_FLAKY, "a / b"},
    {"value: a", {"b", "b", "b"}, VERDICT_DIVERGED, "b"},
    {"value: a", {"b", "c", "b"}, VERDICT_FLAKY, "b / c"},
    {"any-of: [a, b]", {"a", "b", "a"}, VERDICT_PASS, "a / b"},
    {"{any-of: [a, b], class: flaky, reason: r}", {"b", "a", "a"}, VERDICT_KNOWN, "b / a"},
    {"any: true", {"b", "a", "c"}, VERDICT_PASS, "b / a / c"},
};

START_TEST(repeats_that_differ_are_flaky)
{
    CLEANUP_FREE char *yaml = must_printf("checks:\n  dns.a:\n    - %s\n", repeats[_i].rule);
    rules(yaml);
    add_image("base", "linux/amd64");
    size_t cell = add_cell(GLIBC_STATIC);
    for (int i = 0; i < 3; i++)
        observe(cell, "dns.a", repeats[_i].values[i]);
    judge();
    expect(cell, "dns.a", repeats[_i].verdict);
    ck_assert_str_eq(row_of(cell, "dns.a")->observed, repeats[_i].observed);
}
END_TEST

/* ---- expiry ---- */

static const struct {
    const char *expires, *value;
    enum verdict verdict;
    size_t remarks;
} expiries[] = {
    {"2026-01-01", "odd", VERDICT_KNOWN, 0}, /* its last day */
    {"2025-12-31", "odd", VERDICT_DIVERGED, 1},
    {"2025-12-31", "usual", VERDICT_PASS, 1},
    {"2026-01-01", "usual", VERDICT_DIVERGED, 0},
};

START_TEST(past_its_date_a_rule_excuses_nothing)
{
    CLEANUP_FREE char *yaml =
        must_printf("checks:\n  dns.a:\n    - value: usual\n"
                    "    - {when: {libc: musl}, value: odd, class: known, reason: slow upstream, "
                    "expires: %s}\n",
                    expiries[_i].expires);
    rules(yaml);
    add_image("base", "linux/amd64");
    size_t cell = add_cell(MUSL_STATIC);
    observe(cell, "dns.a", expiries[_i].value);
    judge();
    expect(cell, "dns.a", expiries[_i].verdict);
    size_t expired = 0;
    for (size_t i = 0; i < judgement->remark_count; i++)
        expired += strcmp(judgement->remarks[i].kind, "expired") == 0;
    ck_assert_uint_eq(expired, expiries[_i].remarks);
    if (expiries[_i].verdict == VERDICT_DIVERGED && expired) {
        ck_assert_str_eq(row_of(cell, "dns.a")->expected, "\"usual\"");
        ck_assert_str_eq(row_of(cell, "dns.a")->reason,
                         "excused until 2025-12-31 by m.yaml:5:7: slow upstream");
    }
}
END_TEST

START_TEST(an_expired_rule_that_stands_alone_diverges)
{
    rules("checks:\n  dns.a: [{value: odd, class: known, reason: r, expires: 2020-02-29}]\n"
          "  dns.b: [{class: skip, reason: r, expires: 2020-02-29}]\n");
    add_image("base", "linux/amd64");
    size_t cell = add_cell(MUSL_STATIC);
    observe(cell, "dns.a", "odd");
    observe(cell, "dns.b", "odd");
    judge();
    expect(cell, "dns.a", VERDICT_DIVERGED);
    expect(cell, "dns.b", VERDICT_NEW);
}
END_TEST

START_TEST(a_run_that_points_nowhere_is_refused)
{
    rules(TWO_CHECKS);
    add_image("base", "linux/amd64");
    add_cell(GLIBC_STATIC);
    observe(7, "dns.a", "a");
    struct error e = ERROR_INIT;
    judgement = judgement_new(run);
    ck_assert(!matrix_judge(matrix, run, &options, judgement, &e));
    error_clear(&e);
    run->cells[0].image = 3;
    ck_assert(!matrix_judge(matrix, run, &options, judgement, &e));
    ck_assert_int_eq(e.code, ERROR_RUN);
    error_clear(&e);
}
END_TEST

static void add(TCase *t)
{
    LOOP(a_rule_admits_what_it_says, expectations);
    tcase_add_test(t, without_a_rule_it_is_new);
    tcase_add_test(t, what_was_not_observed_is_missing);
    tcase_add_test(t, only_what_was_selected_can_be_missing);
    tcase_add_test(t, an_interrupted_run_is_no_divergence);
    tcase_add_test(t, a_failed_cell_is_one_error);
    tcase_add_test(t, observations_may_come_in_any_order);
    LOOP(repeats_that_differ_are_flaky, repeats);
    LOOP(past_its_date_a_rule_excuses_nothing, expiries);
    tcase_add_test(t, an_expired_rule_that_stands_alone_diverges);
    tcase_add_test(t, a_run_that_points_nowhere_is_refused);
}

int main(void)
{
    return run_suite("judge", add);
}
