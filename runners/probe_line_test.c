/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/probe_line.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define HELLO \
    "{\"hello\":{\"probe\":1,\"area\":\"time\",\"flavor\":\"musl-static\"," \
    "\"platform\":\"linux/arm64\",\"libc\":\"musl 1.2.3\",\"compiler\":\"clang 19\"," \
    "\"built-with\":\"musl 1.2.3\",\"emulated\":true,\"checks\":3}}\n"
#define CHECK_LINE(id, status, value) \
    "{\"check\":\"" id "\",\"status\":\"" status "\",\"value\":\"" value "\"}\n"
#define END "{\"end\":{\"checks\":3}}\n"
#define ALL \
    CHECK_LINE("time.a", "value", "A") \
    CHECK_LINE("time.b", "crash", "SIGSEGV") CHECK_LINE("time.c", "skip", "no tzdata")

static const struct check a = {.id = "time.a", .area = AREA_TIME};
static const struct check b = {.id = "time.b", .area = AREA_TIME};
static const struct check c = {.id = "time.c", .area = AREA_TIME};
static const struct check *asked[] = {&a, &b, &c};
static const struct cell_end good_end = {.exit_status = 0, .standard_error = ""};

static void feed(struct probe_stream *s, const char *text)
{
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\n");
        char *exact = must_calloc(length, 1); /* not terminated */
        memcpy(exact, at, length);
        probe_stream_line(s, &(struct cell_line){.text = exact, .length = length});
        free(exact);
        at += length + (at[length] == '\n');
    }
}

/* Takes everything; exactly one observation a check, in the end. */
static void take_all(struct probe_stream *s, struct probe_observation ret[3])
{
    struct probe_observation o;
    size_t count = 0;
    memset(ret, 0, 3 * sizeof *ret);
    while (probe_stream_next(s, &o)) {
        size_t i = o.check == &a ? 0 : o.check == &b ? 1 : 2;
        ck_assert_ptr_null(ret[i].check);
        ret[i] = o;
        count++;
        for (const char *p = o.value; *p; p++)
            ck_assert(*p >= 0x20 && *p < 0x7f);
        ck_assert_uint_le(strlen(o.value), PROBE_VALUE_LIMIT);
    }
    ck_assert_uint_eq(count, 3);
}

START_TEST(good)
{
    struct probe_stream *s = probe_stream_new(asked, 3);
    struct probe_observation o[3];
    ck_assert_ptr_null(probe_stream_hello(s));
    feed(s, HELLO);
    const struct probe_hello *h = probe_stream_hello(s);
    ck_assert_ptr_nonnull(h);
    ck_assert_str_eq(h->libc, "musl 1.2.3");
    ck_assert_str_eq(h->platform, "linux/arm64");
    ck_assert(h->emulated);
    ck_assert(!probe_stream_next(s, &o[0]));
    feed(s, CHECK_LINE("time.b", "value", "first")); /* each is there as soon as it came */
    ck_assert(probe_stream_next(s, &o[0]));
    ck_assert_ptr_eq(o[0].check, &b);
    ck_assert(!probe_stream_next(s, &o[0]));
    probe_stream_free(s);

    s = probe_stream_new(asked, 3);
    feed(s, HELLO ALL END);
    probe_stream_end(s, &good_end);
    take_all(s, o);
    ck_assert_ptr_null(probe_stream_fault(s));
    ck_assert_int_eq(o[0].status, STATUS_VALUE);
    ck_assert_str_eq(o[0].value, "A");
    ck_assert_int_eq(o[1].status, STATUS_CRASH);
    ck_assert_int_eq(o[2].status, STATUS_SKIP);
    probe_stream_free(s);
    probe_stream_free(NULL);
}
END_TEST

/* What stopped a probe is said by each check that it did not come to. */
START_TEST(stopped)
{
    static const struct {
        struct cell_end end;
        const char *why;
    } cases[] = {
        {{.signal = "SIGSEGV", .exit_status = -1, .standard_error = ""},
         "the probe stopped before this check: SIGSEGV"},
        {{.exit_status = 3, .standard_error = "bad\nnews\033[31m"},
         "the probe stopped before this check: exit status 3; it said: bad news?[31m"},
        {{.signal = "SIGKILL", .timeout = true}, "it was killed at its time limit"},
        {{.signal = "SIGKILL", .flood = true}, "it was killed for printing too much"},
        {{.exec = "ENOEXEC"}, "it could not be executed: ENOEXEC"},
        {{.error = "no memory"}, "the cell could not prepare it: no memory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct probe_observation o[3];
        struct probe_stream *s = probe_stream_new(asked, 3);
        feed(s, HELLO CHECK_LINE("time.a", "value", "A"));
        probe_stream_end(s, &cases[i].end);
        take_all(s, o);
        ck_assert_str_eq(o[0].value, "A");
        ck_assert_int_eq(o[1].status, STATUS_ERROR);
        ck_assert_msg(strstr(o[2].value, cases[i].why) != NULL, "%s", o[2].value);
        ck_assert_ptr_nonnull(probe_stream_fault(s));
        probe_stream_free(s);
    }
}
END_TEST

START_TEST(cell_gone)
{
    struct probe_observation o[3];
    struct probe_stream *s = probe_stream_new(asked, 3);
    probe_stream_gone(s, "interrupted");
    take_all(s, o);
    ck_assert_str_eq(o[1].value, "the cell ended before this check: interrupted");
    probe_stream_free(s);
}
END_TEST

/* A missing end line is never taken for success. */
START_TEST(no_end)
{
    struct probe_observation o[3];
    struct probe_stream *s = probe_stream_new(asked, 3);
    feed(s, HELLO ALL);
    probe_stream_end(s, &good_end);
    take_all(s, o);
    ck_assert_str_eq(probe_stream_fault(s), "the probe stopped before its end line: exit status 0");
    probe_stream_free(s);
}
END_TEST

static const char *const bad_output[][2] = {
    {"", "the probe stopped before its hello: exit status 0"},
    {"garbage\n", "a line that is not a JSON object: garbage"},
    {"\xff\x1b[31m\n", "a line that is not a JSON object: \\xff\\x1b[31m"},
    {"[1]\n", "a line that is not a JSON object"},
    {"\n", "a line that is not a JSON object: "},
    {"{}\n", "the line is not a hello"},
    {END, "the line is not a hello"},
    {CHECK_LINE("time.a", "value", "A"), "the line is not a hello"},
    {"{\"hello\":1}\n", "the line is not a hello"},
    {"{\"hello\":{}}\n", "\"probe\" is missing"},
    {"{\"hello\":{\"probe\":2,\"area\":\"time\",\"flavor\":\"f\",\"platform\":\"p\","
     "\"checks\":1}}\n",
     "the probe speaks version 2"},
    {"{\"hello\":{\"probe\":1,\"area\":\"time.a\",\"flavor\":\"f\",\"platform\":\"p\","
     "\"checks\":1}}\n",
     "unknown area: time.a"},
    {"{\"hello\":{\"probe\":1,\"area\":\"dns\",\"flavor\":\"f\",\"platform\":\"p\","
     "\"checks\":1}}\n",
     "a probe of area dns was asked checks of area time"},
    {"{\"hello\":{\"probe\":1,\"area\":\"time\",\"flavor\":\"f\\n\",\"platform\":\"p\","
     "\"checks\":1}}\n",
     "\"flavor\" is too long or not printable"},
    {"{\"hello\":{\"probe\":1,\"area\":\"time\",\"flavor\":\"f\",\"platform\":\"p\","
     "\"checks\":1,\"extra\":1}}\n",
     "unknown member: extra"},
    {"{\"hello\":{\"probe\":1,\"area\":\"time\",\"flavor\":\"f\",\"platform\":\"p\","
     "\"checks\":1,\"emulated\":1}}\n",
     "\"emulated\" is neither"},
    {HELLO HELLO, "the line is not a check or the end"},
    {HELLO "{\"check\":1}\n", "\"check\" is not a text"},
    {HELLO CHECK_LINE("time.x\\u0007", "value", "A"), "a check that was not asked: time.x\\x07"},
    {HELLO CHECK_LINE("time.a", "value", "A") CHECK_LINE("time.a", "value", "B"),
     "time.a came twice"},
    {HELLO CHECK_LINE("time.a", "fine", "A"), "\"status\" is missing or unknown: fine"},
    {HELLO CHECK_LINE("time.a", "absent", "A"), "\"status\" is missing or unknown: absent"},
    {HELLO CHECK_LINE("time.a", "value", "A\\n"), "the value of time.a is missing, too long"},
    {HELLO CHECK_LINE("time.a", "value", "\\u00e4"), "the value of time.a is missing, too long"},
    {HELLO "{\"check\":\"time.a\",\"status\":\"value\"}\n", "the value of time.a is missing"},
    {HELLO "{\"check\":\"time.a\",\"status\":\"value\",\"value\":\"\",\"ms\":1}\n",
     "unknown member: ms"},
    {HELLO "{\"check\":\"time.a\",\"check\":\"time.a\",\"status\":\"value\",\"value\":\"\"}\n",
     "a line that is not a JSON object"},
    {HELLO END, "it ended with 3 checks, gave 0 and was asked 3"},
    {HELLO ALL "{\"end\":{\"checks\":2}}\n", "it ended with 2 checks, gave 3 and was asked 3"},
    {HELLO ALL "{\"end\":{\"checks\":-1}}\n", "\"checks\" is missing or not a whole number"},
    {HELLO ALL END END, "a line after the end"},
};

START_TEST(faults)
{
    for (size_t i = 0; i < sizeof bad_output / sizeof *bad_output; i++) {
        struct probe_observation o[3];
        struct probe_stream *s = probe_stream_new(asked, 3);
        feed(s, bad_output[i][0]);
        bool complete = strstr(bad_output[i][0], ALL) != NULL;
        if (probe_stream_fault(s))
            feed(s, ALL END); /* nothing after a fault counts */
        probe_stream_end(s, &good_end);
        take_all(s, o);
        const char *fault = probe_stream_fault(s);
        ck_assert_msg(fault && strstr(fault, bad_output[i][1]), "%s: %s", bad_output[i][1], fault);
        ck_assert(complete || o[2].status == STATUS_ERROR);
        ck_assert(complete || i == 0 ||
                  strstr(o[2].value, "the probe's output is not understood: "));
        probe_stream_free(s);
    }
}
END_TEST

START_TEST(limits)
{
    char value[PROBE_VALUE_LIMIT + 2];
    memset(value, 'v', sizeof value);
    value[PROBE_VALUE_LIMIT + 1] = '\0';
    for (size_t length = PROBE_VALUE_LIMIT; length <= PROBE_VALUE_LIMIT + 1; length++) {
        struct probe_stream *s = probe_stream_new(asked, 3);
        value[length] = '\0';
        CLEANUP_FREE char *line = must_printf(CHECK_LINE("time.a", "value", "%s"), value);
        value[length] = 'v';
        feed(s, HELLO);
        feed(s, line);
        ck_assert((probe_stream_fault(s) == NULL) == (length == PROBE_VALUE_LIMIT));
        probe_stream_free(s);
    }
    struct probe_stream *s = probe_stream_new(asked, 3);
    char deep[8192];
    memset(deep, '[', sizeof deep);
    probe_stream_line(s, &(struct cell_line){.text = deep, .length = sizeof deep});
    ck_assert_ptr_nonnull(probe_stream_fault(s));
    probe_stream_free(s);
    s = probe_stream_new(asked, 3);
    feed(s, HELLO);
    probe_stream_line(s, &(struct cell_line){.text = "{\"che", .length = 5, .damaged = true});
    ck_assert_str_eq(probe_stream_fault(s), "a line was cut: {\"che");
    ck_assert_ptr_nonnull(probe_stream_hello(s)); /* it did start */
    probe_stream_free(s);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("probe_line");
    tcase_add_test(tests, good);
    tcase_add_test(tests, stopped);
    tcase_add_test(tests, cell_gone);
    tcase_add_test(tests, no_end);
    tcase_add_test(tests, faults);
    tcase_add_test(tests, limits);
    Suite *suite = suite_create("probe_line");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
