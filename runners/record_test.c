/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "runners/record.h"
#include "runners/record_row.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "{\"plimsoll\":\"results\",\"schema\":1,\"version\":\"0.1.0\"}\n"
#define IMAGE \
    "{\"type\":\"image\",\"image\":0,\"name\":\"i\",\"reference\":\"rootfs:i\"," \
    "\"platform\":\"linux/amd64\"}\n"
#define CELL "{\"type\":\"cell\",\"cell\":0,\"image\":0,\"flavor\":\"musl-static\",\"runner\":{}}\n"
#define START HEADER IMAGE CELL
#define SEEN(check, value) \
    "{\"type\":\"observation\",\"cell\":0,\"check\":\"" check \
    "\",\"status\":\"value\",\"value\":\"" value "\"}\n"

static char *temporary(void)
{
    char *path = must_printf("%s/plimsoll-record-XXXXXX", P_tmpdir);
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    return path;
}

static char *slurp(const char *path)
{
    struct error e = ERROR_INIT;
    char *text = file_read(path, 1 << 24, NULL, &e);
    ck_assert_msg(text != NULL, "%s", e.message);
    return text;
}

static struct run *read_text_n(const char *text, size_t length, struct error *e)
{
    CLEANUP_FREE char *path = temporary();
    struct error fault = ERROR_INIT;
    struct run *run = run_new();
    ck_assert(file_publish(path, text, length, &fault));
    bool ok = record_read(path, run, e);
    ck_assert(ok != error_is_set(e));
    unlink(path);
    return run;
}

static struct run *read_good(const char *text)
{
    struct error e = ERROR_INIT;
    struct run *run = read_text_n(text, strlen(text), &e);
    ck_assert_msg(!error_is_set(&e), "%s", e.message);
    return run;
}

static void expect_error(const char *text, const char *message)
{
    struct error e = ERROR_INIT;
    struct run *run = read_text_n(text, strlen(text), &e);
    ck_assert_msg(error_is_set(&e), "no error for %s", text);
    ck_assert_msg(strstr(e.message, message) != NULL, "\"%s\" is not in: %s", message, e.message);
    for (const char *c = e.message; *c; c++)
        ck_assert(*c >= 0x20);
    error_clear(&e);
    run_free(run);
}

static char *write_run(const struct run *run)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = temporary();
    struct record_writer w;
    ck_assert(record_open(&w, path, &e) && record_run(&w, run, &e));
    record_close(&w);
    char *text = slurp(path);
    unlink(path);
    return text;
}

static void add_full_image(struct run *r, const char *platform)
{
    struct image *i = ARRAY_ADD(&r->images, &r->image_count);
    *i = (struct image){.name = "an \033 image",
                        .reference = "oci:x",
                        .index_digest = "a",
                        .manifest_digest = "b",
                        .config_digest = "c",
                        .chain_id = "d",
                        .user = "",
                        .os_id = "debian",
                        .os_version = "12",
                        .os_name = "Debian"};
    i->platform = platform_by_name(platform);
    *ARRAY_ADD(&i->layer_digests, &i->layer_count) = "sha256:1";
    *ARRAY_ADD(&i->layer_digests, &i->layer_count) = "sha256:2";
    *ARRAY_ADD(&i->diff_ids, &i->diff_id_count) = "sha256:3";
    *ARRAY_ADD(&i->environment, &i->environment_count) = "PATH=/bin";
    *ARRAY_ADD(&i->labels, &i->label_count) = (struct fact){"org.opencontainers.image.x", "y"};
    *ARRAY_ADD(&i->facts, &i->fact_count) = (struct fact){"image-libc", "musl"};
    *ARRAY_ADD(&i->facts, &i->fact_count) = (struct fact){"tzdata", "absent"};
}

/* A run in which every field is set, and hostile where it can be. */
static struct run *full_run(void)
{
    struct run *r = run_new();
    r->version = "0.1.0";
    r->started = "2026-01-02T03:04:05Z";
    r->kernel = "6.12.1";
    r->host_arch = "x86_64";
    r->host_os = "Debian \"12\"";
    r->complete = true;
    *ARRAY_ADD(&r->environment, &r->environment_count) = (struct fact){"TZ", "UTC\n\x01\xff"};
    *ARRAY_ADD(&r->checks, &r->check_count) =
        (struct check){.id = "dns.a",
                       .area = AREA_DNS,
                       .says = "s",
                       .why = "w",
                       .help = "h",
                       .refs = "r",
                       .needs = "n",
                       .limit = 7.25,
                       .waits = true,
                       .fixture = {"nameserver @1\n", "hosts", "dns", "z A 1\n", "A=1\n", "none"}};
    *ARRAY_ADD(&r->checks, &r->check_count) =
        (struct check){.id = "time.b", .area = AREA_TIME, .says = "t", .limit = 5};
    add_full_image(r, "linux/amd64");
    add_full_image(r, "linux/arm64");
    *ARRAY_ADD(&r->probes, &r->probe_count) = (struct probe_info){
        r->images[0].platform, MUSL_STATIC, AREA_DNS, "sha256:4", "clang 19", "musl 1.2.3"};
    for (size_t n = 0; n < 3; n++) {
        *ARRAY_ADD(&r->cells, &r->cell_count) = (struct cell){
            n % 2,
            n == 2 ? FLAVOR_NONE : MUSL_STATIC,
            {"sandbox", "0.1.0", "overlay", "qemu-aarch64-static", "7.2", "sha256:5", "prefix"},
            "0:0",
            "1.2.3",
            n == 1 ? "it \"failed\"" : NULL};
        for (int s = STATUS_VALUE; s <= STATUS_ERROR; s++)
            *ARRAY_ADD(&r->observations, &r->observation_count) =
                (struct observation){n, "dns.a", (enum status)s, s ? "v \\ \" \x7f" : ""};
        *ARRAY_ADD(&r->timings, &r->timing_count) = (struct timing){n, "dns.a", 3.2 + (double)n};
    }
    return r;
}

START_TEST(round_trip)
{
    struct run *run = full_run();
    CLEANUP_FREE char *first = write_run(run);
    struct run *again = read_good(first);
    CLEANUP_FREE char *second = write_run(again);
    ck_assert_str_eq(first, second);
    ck_assert(again->complete);
    ck_assert_str_eq(again->environment[0].value, "UTC\n\x01\\xff"); /* no UTF-8: kept as text */
    ck_assert_str_eq(again->images[1].name, "an \033 image");
    ck_assert_str_eq(again->images[0].user, "");
    ck_assert_ptr_eq(again->images[1].platform, platform_by_name("linux/arm64"));
    ck_assert_double_eq(again->checks[0].limit, 7.25);
    ck_assert(again->checks[0].waits && !again->checks[1].waits);
    ck_assert(fixture_equal(&again->checks[0].fixture, &run->checks[0].fixture));
    ck_assert_ptr_null(again->checks[1].fixture.zone);
    ck_assert_str_eq(again->cells[1].failure, "it \"failed\"");
    ck_assert_ptr_null(again->cells[0].failure);
    ck_assert_str_eq(again->observations[1].value, "v \\ \" \x7f");
    ck_assert_int_eq(again->observations[1].status, STATUS_CRASH);
    ck_assert_double_eq_tol(again->timings[0].milliseconds, 3.2, 1e-9);
    ck_assert_ptr_null(strchr(first, '\033'));
    run_free(run);
    run_free(again);
}
END_TEST

/* Whatever an interruption leaves is read up to its last whole line. */
START_TEST(cut_anywhere)
{
    struct run *run = full_run();
    CLEANUP_FREE char *text = write_run(run);
    size_t length = strlen(text), header = strcspn(text, "\n") + 1;
    for (size_t n = 0; n <= length; n += n < header ? 11 : 97) {
        struct error e = ERROR_INIT;
        struct run *part = read_text_n(text, n, &e);
        ck_assert_msg(error_is_set(&e) == (n < header), "%zu: %s", n, e.message);
        ck_assert(part->complete == (n == length));
        error_clear(&e);
        run_free(part);
    }
    run_free(run);
}
END_TEST

START_TEST(interrupted)
{
    struct run *run = full_run();
    run->complete = false;
    CLEANUP_FREE char *text = write_run(run);
    struct run *again = read_good(text);
    ck_assert(!again->complete);
    ck_assert_uint_eq(again->observation_count, run->observation_count);
    run_free(run);
    run_free(again);
}
END_TEST

/* Cells end when they end; a run is in order all the same. */
START_TEST(any_order)
{
    struct run *run = read_good(
        HEADER "{\"type\":\"image\",\"image\":7,\"name\":\"b\",\"reference\":\"r\",\"platform\":"
               "\"arm64\"}\n"
               "{\"type\":\"image\",\"image\":2,\"name\":\"a\",\"reference\":\"r\",\"platform\":"
               "\"amd64\"}\n"
               "{\"type\":\"cell\",\"cell\":5,\"image\":7,\"flavor\":\"none\",\"runner\":{}}\n"
               "{\"type\":\"timing\",\"cell\":5,\"check\":\"time.a\",\"ms\":1}\n"
               "{\"type\":\"observation\",\"cell\":5,\"check\":\"time.b\",\"status\":\"value\","
               "\"value\":\"5b\"}\n"
               "{\"type\":\"observation\",\"cell\":5,\"check\":\"time.a\",\"status\":\"value\","
               "\"value\":\"5a\"}\n"
               "{\"type\":\"cell\",\"cell\":1,\"image\":2,\"flavor\":\"none\",\"runner\":{}}\n"
               "{\"type\":\"observation\",\"cell\":1,\"check\":\"time.a\",\"status\":\"value\","
               "\"value\":\"1a\"}\n"
               "{\"type\":\"timing\",\"cell\":1,\"check\":\"time.a\",\"ms\":2}\n");
    static const char *const values[] = {"1a", "5a", "5b"};
    ck_assert_str_eq(run->images[0].name, "a");
    ck_assert_uint_eq(run->cells[0].image, 0);
    ck_assert_uint_eq(run->cells[1].image, 1);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(run->observations[i].value, values[i]);
        ck_assert_uint_eq(run->observations[i].cell, i > 0);
    }
    ck_assert_double_eq(run->timings[0].milliseconds, 2);
    run_free(run);
}
END_TEST

START_TEST(not_canonical)
{
    struct run *run =
        read_good(START "{ \"value\":\"a\\u00e4\\\\\", \"type\":\"observation\",\"cell\":0,"
                        "\"status\":\"skip\",\"check\":\"time.a\"}\n"
                        "{\"type\":\"timing\",\"cell\":0,\"check\":\"time.a\",\"ms\":1.5e1}\n");
    ck_assert_str_eq(run->observations[0].value, "a\xc3\xa4\\");
    ck_assert_int_eq(run->observations[0].status, STATUS_SKIP);
    ck_assert_double_eq(run->timings[0].milliseconds, 15);
    run_free(run);
}
END_TEST

static const char *const bad_files[][2] = {
    {"", "has no whole line"},
    {"plimsoll: 1\n", ":1: not a results file: its first line is not JSON"},
    {"{}\n", ":1: not a results file: its first line is no such header"},
    {"[]\n", ":1: not a JSON object"},
    {"{\"plimsoll\":\"results\",\"schema\":2,\"new\":1}\n", ":1: written in schema 2, and this"},
    {"{\"plimsoll\":\"results\",\"version\":\"1\"}\n", "schema 0"},
    {"{\"plimsoll\":\"results\",\"schema\":1}\n", "\"version\" is missing"},
    {"{\"plimsoll\":\"results\",\"schema\":1,\"version\":1}\n", "\"version\" is not a text"},
    {SEEN("time.a", "v"), ":1: not a results file"},
    {HEADER "x\n", ":2: bad JSON:"},
    {HEADER "\n", ":2: bad JSON:"},
    {HEADER "{\"type\":\"x\033[31m\"}\n", ":2: bad JSON"},
    {HEADER "{\"type\":\"x\\u001b[31m\"}\n", ":2: unknown type of line \"x\\x1b[31m\""},
    {HEADER "{\"typ\":1}\n", ":2: \"type\" is missing"},
    {HEADER "{\"type\":\"end\",\"type\":\"end\"}\n", ":2: bad JSON"},
    {HEADER SEEN("time.a", "v"), ":2: observation: cell 0 has not been described"},
    {HEADER CELL, ":2: cell: image 0 has not been described"},
    {HEADER IMAGE IMAGE, ":3: image: image 0 was there before"},
    {START CELL, ":4: cell: cell 0 was there before"},
    {START SEEN("foo.a", "v"), "not the name of a check: \"foo.a\""},
    {START SEEN("time", "v") "{\"type\":\"x\"}\n", "unknown type"},
    {START SEEN("time.a b", "v"), "not the name of a check"},
    {START "{\"type\":\"observation\",\"cell\":0,\"check\":\"time.a\",\"status\":\"ok\","
           "\"value\":\"\"}\n",
     ":4: observation: unknown status \"ok\""},
    {START "{\"type\":\"observation\",\"cell\":0,\"check\":\"time.a\",\"status\":\"value\","
           "\"value\":null}\n",
     "\"value\" is not a text"},
    {START "{\"type\":\"observation\",\"cell\":-1,\"check\":\"time.a\",\"status\":\"value\","
           "\"value\":\"\"}\n",
     "\"cell\" is not a whole number from 0"},
    {START "{\"type\":\"observation\",\"cell\":99999999999999,\"check\":\"time.a\","
           "\"status\":\"value\",\"value\":\"\"}\n",
     "\"cell\" is not a whole number from 0"},
    {START "{\"type\":\"observation\",\"cell\":0,\"check\":\"time.a\",\"status\":\"value\","
           "\"value\":\"\",\"more\":1}\n",
     ":4: unknown member \"more\""},
    {START "{\"type\":\"timing\",\"cell\":0,\"check\":\"time.a\",\"ms\":-1}\n",
     "\"ms\" is not a number"},
    {START "{\"type\":\"timing\",\"cell\":0,\"check\":\"time.a\",\"ms\":\"1\"}\n",
     "\"ms\" is not a number"},
    {HEADER "{\"type\":\"image\",\"image\":0,\"name\":\"i\",\"reference\":\"r\","
            "\"platform\":\"linux/vax\"}\n",
     "unknown platform \"linux/vax\""},
    {HEADER "{\"type\":\"image\",\"image\":1048576}\n", "\"image\" is not a whole number"},
    {HEADER IMAGE "{\"type\":\"cell\",\"cell\":0,\"image\":0,\"flavor\":\"uclibc\","
                  "\"runner\":{}}\n",
     "unknown flavor \"uclibc\""},
    {HEADER IMAGE "{\"type\":\"cell\",\"cell\":0,\"image\":0,\"flavor\":\"none\","
                  "\"runner\":{\"nome\":\"\"}}\n",
     "unknown member \"nome\""},
    {HEADER "{\"type\":\"check\",\"id\":\"time.a\",\"limit\":5,\"waits\":0}\n",
     "\"waits\" is neither true nor false"},
    {HEADER "{\"type\":\"check\",\"id\":\"time.a\",\"limit\":5,\"waits\":true,"
            "\"fixture\":{\"x\":1}}\n",
     "unknown member \"x\""},
    {START "{\"type\":\"end\",\"checks\":0,\"images\":1,\"probes\":0,\"cells\":1,"
           "\"observations\":1,\"timings\":0}\n",
     ":4: end: 1 observations were written and 0 are here"},
    {HEADER "{\"type\":\"end\",\"checks\":0,\"images\":0,\"probes\":0,\"cells\":0,"
            "\"observations\":0,\"timings\":0}\n" IMAGE,
     ":3: a line after the end line"},
};

START_TEST(faults)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++)
        expect_error(bad_files[i][0], bad_files[i][1]);
}
END_TEST

START_TEST(limits)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    CLEANUP_FREE char *filler = must_calloc(RECORD_LINE_LIMIT + 2, 1);
    memset(filler, 'x', RECORD_LINE_LIMIT + 1);
    text_add(&t, HEADER);
    text_add(&t, filler);
    expect_error(text_get(&t), ":2: the line is longer than");
    memset(filler, '[', RECORD_LINE_LIMIT);
    filler[RECORD_LINE_LIMIT - 1] = '\n';
    filler[RECORD_LINE_LIMIT] = '\0';
    text_clear(&t);
    text_add(&t, HEADER);
    text_add(&t, filler);
    expect_error(text_get(&t), ":2: bad JSON"); /* nested too deeply */
    text_clear(&t);
    memset(filler, 'v', RECORD_VALUE_LIMIT + 1);
    filler[RECORD_VALUE_LIMIT + 1] = '\0';
    text_printf(&t, "%s", START);
    text_printf(&t, SEEN("time.a", "%s"), filler);
    expect_error(text_get(&t), ":4: observation: the value is longer than");
    static const char nul[] = HEADER "{\"type\":\"x\0y\"}\n";
    struct error e = ERROR_INIT;
    struct run *run = read_text_n(nul, sizeof nul - 1, &e);
    ck_assert(error_is_set(&e));
    error_clear(&e);
    run_free(run);
}
END_TEST

/* The quick way takes what is canonical and nothing else. */
START_TEST(rows)
{
    static const struct {
        const char *line;
        bool taken;
    } cases[] = {
        {"{\"type\":\"observation\",\"cell\":12,\"check\":\"a\",\"status\":\"value\",\"value\":"
         "\"\"}",
         true},
        {"{\"type\":\"observation\",\"cell\":01,\"check\":\"a\",\"status\":\"value\",\"value\":"
         "\"\"}",
         false},
        {"{\"type\":\"observation\",\"cell\":,\"check\":\"a\",\"status\":\"value\",\"value\":\"\"}",
         false},
        {"{\"type\":\"observation\",\"cell\":1234567890,\"check\":\"a\",\"status\":\"value\","
         "\"value\":\"\"}",
         false},
        {"{\"type\":\"observation\",\"cell\":1,\"check\":\"a\",\"status\":\"values\",\"value\":"
         "\"\"}",
         false},
        {"{\"type\":\"observation\",\"cell\":1,\"check\":\"a\",\"status\":\"value\",\"value\":"
         "\"\\n\"}",
         false},
        {"{\"type\":\"observation\",\"cell\":1,\"check\":\"a\",\"status\":\"value\",\"value\":"
         "\"\xc3\xbc\"}",
         false},
        {"{\"type\":\"observation\",\"cell\":1,\"check\":\"a\",\"status\":\"value\",\"value\":\"",
         false},
        {"{\"type\":\"observation\",\"cell\":1,\"check\":\"a\",\"status\":\"value\",\"value\":\"\"}"
         " ",
         false},
        {"{\"type\":\"timing\",\"cell\":1,\"check\":\"a\",\"ms\":0.125}", true},
        {"{\"type\":\"timing\",\"cell\":1,\"check\":\"a\",\"ms\":7}", true},
        {"{\"type\":\"timing\",\"cell\":1,\"check\":\"a\",\"ms\":7.}", false},
        {"{\"type\":\"timing\",\"cell\":1,\"check\":\"a\",\"ms\":7.1234}", false},
        {"{\"type\":\"timing\",\"cell\":1,\"check\":\"a\",\"ms\":7e3}", false},
        {"{\"type\":\"timing\",\"cell\":1,\"check\":\"a\",\"ms\":-7}", false},
        {"", false},
        {"{\"type\":\"end\"}", false},
    };
    struct record_row row;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].line);
        CLEANUP_FREE char *exact = must_calloc(length, 1); /* so that ASan sees a step too far */
        memcpy(exact, cases[i].line, length);
        ck_assert_msg(record_row_scan(exact, length, &row) == cases[i].taken, "%s", cases[i].line);
        for (size_t cut = 0; cases[i].taken && cut < length; cut++)
            ck_assert(!record_row_scan(exact, cut, &row));
    }
    ck_assert(record_row_scan(cases[9].line, strlen(cases[9].line), &row));
    ck_assert(row.is_timing && row.cell == 1);
    ck_assert_double_eq_tol(row.milliseconds, 0.125, 1e-12);
}
END_TEST

START_TEST(files)
{
    struct error e = ERROR_INIT;
    struct run *run = run_new();
    struct record_writer w;
    ck_assert(!record_read("/nowhere/results", run, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "cannot read /nowhere/results"));
    error_clear(&e);
    ck_assert(!record_open(&w, "/nowhere/results", &e));
    ck_assert_ptr_nonnull(strstr(e.message, "cannot write results to /nowhere/results"));
    record_close(&w);
    error_clear(&e);
    ck_assert(record_open(&w, "/dev/full", &e));
    ck_assert(!record_header(&w, run, &e));
    record_close(&w);
    error_clear(&e);
    ck_assert(!record_read(P_tmpdir, run, &e)); /* a directory */
    error_clear(&e);
    run_free(run);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("record");
    tcase_add_test(tests, round_trip);
    tcase_add_test(tests, cut_anywhere);
    tcase_add_test(tests, interrupted);
    tcase_add_test(tests, any_order);
    tcase_add_test(tests, not_canonical);
    tcase_add_test(tests, faults);
    tcase_add_test(tests, limits);
    tcase_add_test(tests, rows);
    tcase_add_test(tests, files);
    Suite *suite = suite_create("record");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
