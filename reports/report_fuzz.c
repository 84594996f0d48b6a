/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of foreign texts: nothing in them acts on a terminal, is markup, or breaks JSON. An input
 * is texts ended by NUL: an image's name, what was observed and expected, a reason, a cause. */
#include "harness/base/fuzz.h"
#include "reports/report.h"

#include <jansson.h>

struct texts {
    char *name, *observed, *expected, *reason, *cause;
};

static void fill_run(struct run *run, const struct texts *t)
{
    static const char *const ids[] = {"exec.start", "time.tz.named"};
    run->version = "0.1.0";
    for (size_t i = 0; i < 2; i++)
        *ARRAY_ADD(&run->checks, &run->check_count) = (struct check){
            .id = ids[i], .area = i ? AREA_TIME : AREA_EXEC, .says = "s", .why = t->reason};
    *ARRAY_ADD(&run->images, &run->image_count) =
        (struct image){.name = t->name,
                       .reference = t->name,
                       .platform = platform_by_name("linux/amd64"),
                       .os_name = t->cause};
    *ARRAY_ADD(&run->cells, &run->cell_count) =
        (struct cell){.flavor = MUSL_STATIC, .runner = {.name = "sandbox"}, .failure = t->reason};
}

static void fill(struct judgement *j, const struct texts *t)
{
    *ARRAY_ADD(&j->causes, &j->cause_count) =
        (struct cause){.text = t->cause, .fact = "tzdata", .rule = "m:1:1", .divergence_count = 1};
    *ARRAY_ADD(&j->remarks, &j->remark_count) = (struct remark){"expired", "m:1:1", t->reason};
    for (int v = 0; v < VERDICT_COUNT; v++) {
        *ARRAY_ADD(&j->verdicts, &j->verdict_count) =
            (struct judged){.check = "time.tz.named",
                            .verdict = (enum verdict)v,
                            .status = STATUS_VALUE,
                            .observed = t->observed,
                            .expected = t->expected,
                            .rule = "m:1:1",
                            .reason = t->reason,
                            .cause = v == VERDICT_DIVERGED ? 0 : SIZE_MAX};
        j->counts[v]++;
    }
}

/* The report; the caller frees it. */
static char *report(const struct judgement *j, const char *format, const struct report_options *o)
{
    struct stream s = {.fd = -1};
    struct error e = ERROR_INIT;
    FUZZ_CHECK(report_format_by_name(format)->write(j, o, &s, &e));
    return text_take(&s.buffer);
}

static void check_lines(char *text, bool ascii)
{
    for (char *line; (line = strsep(&text, "\n"));) {
        FUZZ_CHECK(fuzz_is_printable(line));
        for (const char *c = line; ascii && *c; c++)
            FUZZ_CHECK(*c > 0);
    }
}

static void check_terminal(const struct judgement *j)
{
    static const struct report_options options[] = {
        {.width = 80, .utf8 = true, .verbosity = REPORT_VERBOSE},
        {.width = 40, .verbosity = REPORT_VERBOSE},
        {.verbosity = REPORT_QUIET},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        CLEANUP_FREE char *text = report(j, "terminal", &options[i]);
        check_lines(text, !options[i].utf8);
    }
}

static void check_files(const struct judgement *j)
{
    static const struct report_options options = {.utf8 = true};
    CLEANUP_FREE char *text = report(j, "json", &options);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json_array_size(json_object_get(json, "verdicts")) == j->verdict_count);
    json_decref(json);
    CLEANUP_FREE char *xml = report(j, "junit", &options);
    size_t opened = 0, closed = 0;
    for (const char *c = xml; *c; c++) {
        opened += *c == '<';
        closed += *c == '>';
        FUZZ_CHECK(opened - closed <= 1); /* no markup within markup */
    }
    FUZZ_CHECK(opened == closed);
    check_lines(xml, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *name = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *observed = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *expected = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *reason = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *cause = fuzz_next_text(&data, &size);
    struct texts t = {name, observed, expected, reason, cause};
    struct run *run = run_new();
    fill_run(run, &t);
    struct judgement *j = judgement_new(run);
    fill(j, &t);
    check_terminal(j);
    check_files(j);
    judgement_free(j);
    run_free(run);
    return 0;
}
