/* SPDX-License-Identifier: Apache-2.0 */
/* Every report made here is also held against junit.xsd, by xmllint (package libxml2-utils). */
#include "reports/test_sample.h"

#include <sys/wait.h>

/* xmllint's verdict on a text: 0 valid. */
static int lint(const char *text)
{
    CLEANUP_FREE char *file = must_printf("%s/plimsoll-junit-XXXXXX", P_tmpdir);
    int fd = mkstemp(file);
    struct error e = ERROR_INIT;
    ck_assert(file_write_all(fd, file, text, strlen(text), &e));
    close(fd);
    pid_t pid = fork();
    if (pid == 0) {
        fclose(stderr);
        execlp("xmllint", "xmllint", "--noout", "--nonet", "--schema", "reports/junit.xsd", file,
               (char *)NULL);
        _exit(127);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    unlink(file);
    ck_assert_msg(WEXITSTATUS(status) != 127, "xmllint is missing");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *junit(const struct sample *s)
{
    struct report_options o = {0};
    char *text = sample_report(s->j, "junit", &o);
    ck_assert_int_eq(lint(text), 0);
    return text;
}

START_TEST(schema_refuses)
{
    ck_assert_int_ne(lint("<testsuites/>"), 0);
    ck_assert_int_ne(lint("<testsuites name='a' time='1.000' tests='x' failures='0' errors='0'/>"),
                     0);
    ck_assert_int_eq(lint("<testsuites name='a' time='1.000' tests='0' failures='0' errors='0'/>"),
                     0);
}
END_TEST

START_TEST(failing)
{
    struct sample s = sample_failing();
    CLEANUP_FREE char *text = junit(&s);
    sample_compare(text, "failing.xml");
    sample_done(&s);
}
END_TEST

START_TEST(empty)
{
    struct sample s = sample_empty();
    CLEANUP_FREE char *text = junit(&s);
    ck_assert_ptr_nonnull(strstr(text, "tests=\"0\""));
    sample_done(&s);
}
END_TEST

START_TEST(outcomes)
{
    static const char *const wanted[VERDICT_COUNT] = {
        [VERDICT_PASS] = "name=\"time.x\" time=\"0.000\"/>",
        [VERDICT_KNOWN] = "<skipped message=\"known: seen\"/>",
        [VERDICT_DIVERGED] =
            "<failure type=\"diverged\" message=\"expected &quot;seen&quot;, observed ",
        [VERDICT_NEW] = "<failure type=\"new\" message=\"expected no rule, observed value seen\">",
        [VERDICT_MISSING] = "<failure type=\"missing\" ",
        [VERDICT_FLAKY] = "<failure type=\"flaky\" ",
        [VERDICT_SKIPPED] = "<skipped message=\"skipped: seen\"/>",
        [VERDICT_ABSENT] = "<skipped message=\"absent: seen\"/>",
        [VERDICT_ERROR] = "<error type=\"error\" message=\"seen\">",
    };
    for (int v = 0; v < VERDICT_COUNT; v++) {
        struct sample s = sample_empty();
        size_t cell = sample_cell(&s, sample_image(&s, "i", "linux/amd64"), MUSL_STATIC);
        sample_verdict(&s, cell, "time.x", (enum verdict)v, "seen");
        CLEANUP_FREE char *text = junit(&s);
        ck_assert_msg(strstr(text, wanted[v]) != NULL, "%s in:\n%s", wanted[v], text);
        sample_done(&s);
    }
}
END_TEST

/* Suites follow the cells, whatever the order of the verdicts; times find their test case. */
START_TEST(any_order)
{
    struct sample s = sample_empty();
    size_t image = sample_image(&s, "i", "linux/amd64");
    size_t first = sample_cell(&s, image, GLIBC_STATIC),
           second = sample_cell(&s, image, MUSL_STATIC);
    sample_cell(&s, image, FLAVOR_NONE);
    s.run->cells[2].failure = "could not & would not";
    sample_verdict(&s, second, "time.b", VERDICT_PASS, "");
    sample_verdict(&s, first, "time.a", VERDICT_PASS, "");
    sample_verdict(&s, second, "time.a", VERDICT_PASS, "");
    *ARRAY_ADD(&s.run->timings, &s.run->timing_count) = (struct timing){second, "time.b", 1500};
    *ARRAY_ADD(&s.run->timings, &s.run->timing_count) = (struct timing){first, "time.a", 2};
    CLEANUP_FREE char *text = junit(&s);
    const char *a = strstr(text, "<testsuite name=\"i.linux/amd64.glibc-static\" tests=\"1\"");
    const char *b = strstr(text, "<testsuite name=\"i.linux/amd64.musl-static\" tests=\"2\"");
    ck_assert(a && b && a < b);
    ck_assert_ptr_nonnull(strstr(b, "name=\"time.b\" time=\"1.500\""));
    ck_assert_ptr_nonnull(strstr(b, "name=\"time.a\" time=\"0.000\""));
    ck_assert_ptr_nonnull(strstr(a, "name=\"time.a\" time=\"0.002\""));
    ck_assert_ptr_nonnull(strstr(b, "<system-err>could not &amp; would not</system-err>"));
    sample_done(&s);
}
END_TEST

START_TEST(hostile)
{
    static const char *const values[] = {
        "<![CDATA[ ]]> </failure><x a='b'>", "\033[31m \x01\x02\x7f \r\n\t",       "\"'&lt;&#0;",
        "\xff\xfe \xc3( \xed\xa0\x80 \xf5",  "\xef\xbf\xbe \xef\xbf\xbf \xc2\x85", "",
    };
    struct sample s = sample_empty();
    size_t cell = sample_cell(&s, sample_image(&s, "<i & \"j\">\x01", "linux/amd64"), MUSL_STATIC);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (int v = 0; v < VERDICT_COUNT; v++)
            sample_verdict(&s, cell, "time.x", (enum verdict)v, values[i])->reason = values[i];
    char *long_value = must_calloc(10001, 1);
    memset(long_value, '<', 10000);
    sample_verdict(&s, cell, "time.y", VERDICT_DIVERGED, long_value);
    s.run->started = NULL;
    CLEANUP_FREE char *text = junit(&s);
    ck_assert_ptr_null(strstr(text, "]]>"));
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_nonnull(strstr(text, "\\x1b[31m \\x01\\x02"));
    free(long_value);
    sample_done(&s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("junit");
    tcase_add_test(tests, schema_refuses);
    tcase_add_test(tests, failing);
    tcase_add_test(tests, empty);
    tcase_add_test(tests, outcomes);
    tcase_add_test(tests, any_order);
    tcase_add_test(tests, hostile);
    Suite *suite = suite_create("junit");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
