/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/shown.h"
#include "reports/test_sample.h"

#include <fcntl.h>

static const struct report_options plain = {
    .width = 100, .verbosity = REPORT_NORMAL, .seconds = 8.4};

static void expect(const struct sample *s, struct report_options o, const char *golden)
{
    CLEANUP_FREE char *text = sample_report(s->j, "terminal", &o);
    sample_compare(text, golden);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        longest = length > longest ? length : longest;
        at += length + (at[length] == '\n');
    }
    return longest;
}

START_TEST(failing)
{
    struct sample s = sample_failing();
    expect(&s, plain, "failing.txt");
    struct report_options o = plain;
    o.verbosity = REPORT_QUIET;
    expect(&s, o, "failing-quiet.txt");
    o.verbosity = REPORT_VERBOSE;
    expect(&s, o, "failing-verbose.txt");
    o = plain;
    o.color = true;
    expect(&s, o, "failing.txt"); /* no colours in a file */
    struct stream out = {.buffer = TEXT_INIT, .fd = -1};
    struct error e = ERROR_INIT;
    ck_assert(report_terminal(s.j, &o, &out, &e));
    sample_compare(text_get(&out.buffer), "failing-color.txt");
    stream_close(&out);
    sample_done(&s);
}
END_TEST

START_TEST(narrow)
{
    struct sample s = sample_failing();
    struct report_options o = plain;
    o.width = 72;
    expect(&s, o, "failing-narrow.txt");
    CLEANUP_FREE char *text = sample_report(s.j, "terminal", &o);
    ck_assert_uint_le(longest_line(text), 72);
    sample_done(&s);
}
END_TEST

/* Every verdict at once, without any cause. */
START_TEST(all_verdicts)
{
    struct sample s = sample_empty();
    sample_check(&s, "dns.a", "the first thing holds", "because it matters", "see to it");
    size_t image = sample_image(&s, "some-image", "linux/amd64");
    size_t cell = sample_cell(&s, image, MUSL_STATIC);
    size_t other = sample_cell(&s, image, GLIBC_STATIC);
    struct judged *v = sample_verdict(&s, cell, "dns.a", VERDICT_DIVERGED, "old");
    v->observed = "new";
    v = sample_verdict(&s, other, "dns.a", VERDICT_DIVERGED, "old");
    v->status = STATUS_CRASH;
    v->observed = "SIGSEGV";
    sample_verdict(&s, cell, "time.b", VERDICT_NEW, "never seen");
    sample_verdict(&s, cell, "time.c", VERDICT_MISSING, "there")->observed = "";
    sample_verdict(&s, cell, "time.d", VERDICT_FLAKY, "one or the other");
    sample_verdict(&s, cell, "locale.e", VERDICT_KNOWN, "as ever")->reason = "a known bug";
    sample_verdict(&s, cell, "locale.f", VERDICT_SKIPPED, "no fixture");
    sample_verdict(&s, cell, "logging.g", VERDICT_ABSENT, "did not start");
    sample_verdict(&s, cell, "exec.h", VERDICT_ERROR,
                   "the probe stopped before this check: SIGKILL");
    sample_verdict(&s, other, "exec.i", VERDICT_ERROR,
                   "the probe stopped before this check: SIGKILL");
    sample_verdict(&s, cell, "entropy.j", VERDICT_PASS, "fine");
    *ARRAY_ADD(&s.j->remarks, &s.j->remark_count) =
        (struct remark){"unreferenced", "plimsoll.yaml:3:5", "no cell used this rule"};
    s.run->complete = false;
    expect(&s, plain, "all-verdicts.txt");
    struct report_options o = plain;
    o.verbosity = REPORT_VERBOSE;
    expect(&s, o, "all-verdicts-verbose.txt");
    sample_done(&s);
}
END_TEST

START_TEST(passing_and_empty)
{
    struct sample s = sample_empty();
    CLEANUP_FREE char *empty = sample_report(s.j, "terminal", &plain);
    ck_assert_ptr_nonnull(strstr(empty, "NOTHING: no check was observed\n"));
    size_t cell = sample_cell(&s, sample_image(&s, "an-image", "linux/arm64"), MUSL_STATIC);
    for (size_t i = 0; i < 4006; i++)
        sample_verdict(&s, cell, "time.x", VERDICT_PASS, "fine");
    struct report_options o = plain;
    o.verbosity = REPORT_QUIET;
    CLEANUP_FREE char *text = sample_report(s.j, "terminal", &o);
    ck_assert_str_eq(text, "PASS: 4,006 as expected\n");
    sample_done(&s);
}
END_TEST

START_TEST(unopened)
{
    struct sample s = sample_empty();
    s.j->unopened = 2;
    CLEANUP_FREE char *text = sample_report(s.j, "terminal", &plain);
    ck_assert_ptr_nonnull(strstr(text, "\nERROR: 2 images not opened\n"));
    sample_done(&s);
}
END_TEST

START_TEST(errors_only)
{
    struct sample s = sample_empty();
    size_t cell = sample_cell(&s, sample_image(&s, "an-image", "linux/arm64"), MUSL_STATIC);
    sample_verdict(&s, cell, "time.x", VERDICT_ERROR, "");
    CLEANUP_FREE char *text = sample_report(s.j, "terminal", &plain);
    ck_assert_ptr_nonnull(strstr(text, "ERR"));
    ck_assert_ptr_nonnull(strstr(text, "no reason given"));
    ck_assert_ptr_nonnull(strstr(text, "ERROR: 1 error\n"));
    sample_done(&s);
}
END_TEST

START_TEST(hostile)
{
    char long_value[10001];
    memset(long_value, 'x', 10000);
    long_value[10000] = '\0';
    struct sample s = sample_empty();
    size_t image = sample_image(&s, "evil\033[2Jname\xe2\x80\xae\n\xff", "linux/amd64");
    size_t cell = sample_cell(&s, image, MUSL_STATIC);
    sample_verdict(&s, cell, "time.a", VERDICT_NEW, "\033]0;title\007 \x7f \xc2\x9b \x01");
    sample_verdict(&s, cell, "time.b", VERDICT_NEW, long_value);
    sample_verdict(&s, cell, "time.c", VERDICT_ERROR, long_value);
    sample_verdict(&s, cell, "time.d", VERDICT_ERROR, "\033[31m\r\n\t");
    for (int utf8 = 0; utf8 < 2; utf8++) {
        struct report_options o = plain;
        o.utf8 = utf8;
        CLEANUP_FREE char *text = sample_report(s.j, "terminal", &o);
        for (const char *c = text; *c; c++)
            ck_assert_msg(*c == '\n' || (*c >= 0x20 && *c < 0x7f), "byte %02x", (unsigned char)*c);
        ck_assert_uint_le(longest_line(text), 100);
        ck_assert_ptr_nonnull(strstr(text, "evil\\x1b[2Jname\\xe2\\x80\\xae\\x0a\\xff"));
        ck_assert_uint_lt(strlen(text), 3000);
        ck_assert_ptr_nonnull(strstr(text, "xxx..."));
    }
    sample_done(&s);
}
END_TEST

START_TEST(bounded)
{
    struct sample s = sample_empty();
    size_t cell = sample_cell(&s, sample_image(&s, "an-image", "linux/amd64"), MUSL_STATIC);
    for (size_t i = 0; i < 500; i++)
        sample_verdict(&s, cell, pool_printf(s.j->pool, "time.x%zu", i), VERDICT_NEW, "v");
    CLEANUP_FREE char *text = sample_report(s.j, "terminal", &plain);
    ck_assert_ptr_nonnull(strstr(text, "480 more: see --report json=FILE"));
    ck_assert_ptr_nonnull(strstr(text, "FAIL: 500 new\n"));
    ck_assert_uint_lt(strlen(text), 5000);
    struct report_options o = plain;
    o.verbosity = REPORT_VERBOSE;
    CLEANUP_FREE char *all = sample_report(s.j, "terminal", &o);
    ck_assert_ptr_nonnull(strstr(all, "time.x499"));
    sample_done(&s);
}
END_TEST

START_TEST(color_choice)
{
    int pipes[2];
    ck_assert_int_eq(pipe(pipes), 0);
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    setenv("COLUMNS", "133", 1);
    ck_assert(!report_options_for(pipes[1], REPORT_COLOR_AUTO).color);
    ck_assert(report_options_for(pipes[1], REPORT_COLOR_ALWAYS).color);
    ck_assert_int_eq(report_options_for(pipes[1], REPORT_COLOR_AUTO).width, 133);
    unsetenv("COLUMNS");
    ck_assert_int_eq(report_options_for(pipes[1], REPORT_COLOR_AUTO).width, 80);
    close(pipes[0]);
    close(pipes[1]);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
    ck_assert(report_options_for(terminal, REPORT_COLOR_AUTO).color);
    ck_assert(!report_options_for(terminal, REPORT_COLOR_NEVER).color);
    setenv("NO_COLOR", "", 1);
    ck_assert(report_options_for(terminal, REPORT_COLOR_AUTO).color);
    setenv("NO_COLOR", "1", 1);
    ck_assert(!report_options_for(terminal, REPORT_COLOR_AUTO).color);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    ck_assert(!report_options_for(terminal, REPORT_COLOR_AUTO).color);
    close(terminal);
    setenv("LC_ALL", "C", 1);
    ck_assert(!report_options_for(1, REPORT_COLOR_AUTO).utf8);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    ck_assert(report_options_for(1, REPORT_COLOR_AUTO).utf8);
}
END_TEST

START_TEST(shown_pieces)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    ck_assert_uint_eq(shown_add(&t, "abcdefgh", 6, true), 6);
    ck_assert_str_eq(text_get(&t), "abc...");
    text_clear(&t);
    ck_assert_uint_eq(shown_add(&t, "ab\x01", 5, true), 5); /* half an escape is never shown */
    ck_assert_str_eq(text_get(&t), "ab...");
    text_clear(&t);
    ck_assert_uint_eq(shown_add(&t, "b\xc3\xbc", 0, true), 2);
    ck_assert_uint_eq(shown_add(&t, "b\xc3\xbc", 0, false), 9);
    ck_assert_str_eq(text_get(&t), "b\xc3\xbc"
                                   "b\\xc3\\xbc");
    text_clear(&t);
    shown_wrap(&t, "  one two three four five six seven eight", 2, 22, true);
    ck_assert_str_eq(text_get(&t), "  one two three four\n  five six seven eight\n");
    text_clear(&t);
    shown_wrap(&t, "a abcdefghijklmnopqrstuvwxyz b", 2, 22, true);
    ck_assert_str_eq(text_get(&t), "  a\n  abcdefghijklmnopqrst\n  uvwxyz b\n");
    text_clear(&t);
    ck_assert_uint_eq(shown_add(&t, "abcd", 3, true), 3);
    ck_assert_str_eq(text_get(&t), "...");
    text_clear(&t);
    shown_wrap(&t, "", 2, 22, true);
    ck_assert_str_eq(text_get(&t), "");
    shown_count(&t, 1234567, "cell", "cells");
    ck_assert_str_eq(text_get(&t), "1,234,567 cells");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("terminal");
    tcase_add_test(tests, failing);
    tcase_add_test(tests, narrow);
    tcase_add_test(tests, all_verdicts);
    tcase_add_test(tests, passing_and_empty);
    tcase_add_test(tests, unopened);
    tcase_add_test(tests, errors_only);
    tcase_add_test(tests, hostile);
    tcase_add_test(tests, bounded);
    tcase_add_test(tests, color_choice);
    tcase_add_test(tests, shown_pieces);
    Suite *suite = suite_create("terminal");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
