/* SPDX-License-Identifier: Apache-2.0 */
/* Judgements made by hand, for the tests of the reports. */
#pragma once
#include "reports/report.h"

#include "harness/base/file.h"
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sample {
    struct run *run;
    struct judgement *j;
};

static inline void sample_check(struct sample *s, const char *id, const char *says, const char *why,
                                const char *help)
{
    struct check c = {.id = id, .says = says, .why = why, .help = help, .limit = 5};
    ck_assert(area_of_check(id, &c.area));
    *ARRAY_ADD(&s->run->checks, &s->run->check_count) = c;
}

static inline size_t sample_image(struct sample *s, const char *name, const char *platform)
{
    struct image i = {.name = name, .reference = "oci:images:sample"};
    i.platform = platform_by_name(platform);
    ck_assert_ptr_nonnull(i.platform);
    *ARRAY_ADD(&s->run->images, &s->run->image_count) = i;
    return s->run->image_count - 1;
}

static inline size_t sample_cell(struct sample *s, size_t image, enum flavor f)
{
    bool native = strcmp(s->run->images[image].platform->name, "linux/amd64") == 0;
    struct cell c = {.image = image, .flavor = f, .runner = {.name = "sandbox"}};
    c.runner.emulator = native ? NULL : "qemu-aarch64-static";
    *ARRAY_ADD(&s->run->cells, &s->run->cell_count) = c;
    return s->run->cell_count - 1;
}

static inline struct judged *sample_verdict(struct sample *s, size_t cell, const char *check,
                                            enum verdict v, const char *observed)
{
    static const enum status statuses[VERDICT_COUNT] = {[VERDICT_SKIPPED] = STATUS_SKIP,
                                                        [VERDICT_ABSENT] = STATUS_ABSENT,
                                                        [VERDICT_ERROR] = STATUS_ERROR};
    struct judged *j = ARRAY_ADD(&s->j->verdicts, &s->j->verdict_count);
    *j = (struct judged){.cell = cell, .check = check, .verdict = v, .status = statuses[v]};
    j->observed = observed;
    j->cause = SIZE_MAX;
    j->rule = v == VERDICT_NEW ? NULL : "builtin/time.yaml:12:5";
    j->expected = v == VERDICT_NEW ? NULL : pool_printf(s->j->pool, "\"%s\"", observed);
    s->j->counts[v]++;
    return j;
}

static inline struct sample sample_empty(void)
{
    struct sample s = {.run = run_new()};
    s.run->version = "0.1.0";
    s.run->started = "2026-01-02T03:04:05Z";
    s.run->kernel = "6.12.1";
    s.run->host_arch = "x86_64";
    s.run->complete = true;
    s.j = judgement_new(s.run);
    return s;
}

static inline void sample_done(struct sample *s)
{
    judgement_free(s->j);
    run_free(s->run);
}

/* Two images on two platforms; one lost its tzdata, which the matrix pins. */
static inline struct sample sample_failing(void)
{
    struct sample s = sample_empty();
    sample_check(&s, "exec.start", "a probe starts", "nothing runs otherwise", NULL);
    sample_check(&s, "dns.tcp-fallback", "a truncated UDP answer is asked again over TCP",
                 "services with many addresses fail to resolve without it",
                 "use musl 1.2.4 or later");
    sample_check(&s, "time.tz.named", "a named time zone is known",
                 "named time zones silently mean UTC here",
                 "install tzdata, or set TZ to a POSIX rule");
    sample_check(&s, "image.tzdata", "time zone files in /usr/share/zoneinfo",
                 "without them TZ=Europe/Berlin silently means UTC",
                 "install tzdata, or set TZ to a POSIX rule");
    *ARRAY_ADD(&s.j->matrices, &s.j->matrix_count) =
        (struct matrix_file){"plimsoll.yaml", "sha256:00"};
    static const char *const names[] = {"debian-12", "alpine-3.20"};
    static const char *const on[] = {"linux/amd64", "linux/arm64"};
    static const enum flavor flavors[] = {MUSL_DYNAMIC, MUSL_STATIC};
    for (size_t n = 0; n < 2; n++) {
        for (size_t p = 0; p < 2; p++) {
            bool lost = n == 1;
            size_t image = sample_image(&s, names[n], on[p]);
            if (lost)
                *ARRAY_ADD(&s.j->causes, &s.j->cause_count) =
                    (struct cause){image, "tzdata is absent, and plimsoll.yaml:7:44 pins it",
                                   "tzdata", "plimsoll.yaml:7:44", 3};
            for (size_t f = 0; f < 2; f++) {
                size_t cell = sample_cell(&s, image, flavors[f]);
                sample_verdict(&s, cell, "dns.tcp-fallback", VERDICT_PASS, "ok");
                if (n == 0 && f == 0) {
                    sample_verdict(&s, cell, "exec.start", VERDICT_PASS, "no-loader");
                    sample_verdict(&s, cell, "time.tz.named", VERDICT_ABSENT, "did not start");
                    continue;
                }
                sample_verdict(&s, cell, "exec.start", VERDICT_PASS, "ok");
                struct judged *v =
                    sample_verdict(&s, cell, "time.tz.named",
                                   lost ? VERDICT_DIVERGED : VERDICT_PASS, "11:46 CEST");
                if (lost) {
                    v->observed = "09:46 UTC";
                    v->cause = s.j->cause_count - 1;
                }
                *ARRAY_ADD(&s.run->timings, &s.run->timing_count) =
                    (struct timing){cell, "time.tz.named", 12.4};
            }
            size_t facts = sample_cell(&s, image, FLAVOR_NONE);
            struct judged *v = sample_verdict(&s, facts, "image.tzdata",
                                              lost ? VERDICT_DIVERGED : VERDICT_PASS, "present");
            if (lost) {
                v->observed = "absent";
                v->cause = s.j->cause_count - 1;
            }
        }
    }
    return s;
}

/* The report as text; the caller frees it. */
static inline char *sample_report(const struct judgement *j, const char *format,
                                  const struct report_options *o)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *file = must_printf("%s/plimsoll-report-XXXXXX", P_tmpdir);
    int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    close(fd);
    bool ok = report_write(report_format_by_name(format), j, o, file, &e);
    ck_assert_msg(ok, "%s", e.message);
    char *text = file_read(file, SIZE_MAX / 2, NULL, &e);
    ck_assert_ptr_nonnull(text);
    unlink(file);
    return text;
}

/* Compares with reports/golden/NAME; PLIMSOLL_GOLDEN=write makes it so instead. */
static inline void sample_compare(const char *text, const char *name)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("reports/golden/%s", name);
    const char *mode = getenv("PLIMSOLL_GOLDEN");
    if (mode && strcmp(mode, "write") == 0)
        ck_assert(file_publish(path, text, strlen(text), &e));
    CLEANUP_FREE char *golden = file_read(path, 1 << 20, NULL, &e);
    ck_assert_msg(golden != NULL, "%s", e.message);
    ck_assert_str_eq(text, golden);
}
