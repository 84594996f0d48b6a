/* SPDX-License-Identifier: Apache-2.0 */
/* JUnit XML in the dialect of junit.xsd beside: a test suite per cell, a test case per check. */
#include "reports/report.h"
#include "reports/xml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct suite { /* one cell */
    size_t first, tests, failures, errors, skipped;
    double milliseconds;
};

struct sorted {
    struct suite *suites;          /* by cell */
    size_t *order;                 /* verdicts by cell, else as they came */
    const struct timing **timings; /* by cell and check */
    size_t timing_count;
    const struct check **checks; /* by id */
};

enum outcome { OUTCOME_PASS, OUTCOME_FAILURE, OUTCOME_ERROR, OUTCOME_SKIPPED };

static enum outcome outcome_of(enum verdict v)
{
    return v == VERDICT_PASS    ? OUTCOME_PASS
           : report_diverges(v) ? OUTCOME_FAILURE
           : v == VERDICT_ERROR ? OUTCOME_ERROR
                                : OUTCOME_SKIPPED;
}

static void count_verdict(struct suite *s, enum verdict v)
{
    enum outcome o = outcome_of(v);
    s->tests++;
    s->failures += o == OUTCOME_FAILURE;
    s->errors += o == OUTCOME_ERROR;
    s->skipped += o == OUTCOME_SKIPPED;
}

static int compare_timings(const void *a, const void *b)
{
    const struct timing *x = *(const struct timing *const *)a,
                        *y = *(const struct timing *const *)b;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return x->check == y->check ? 0 : strcmp(x->check, y->check);
}

static void sort_timings(struct sorted *s, const struct run *r)
{
    bool in_order = true;
    s->timing_count = r->timing_count;
    s->timings = must_calloc(r->timing_count, sizeof *s->timings);
    for (size_t i = 0; i < r->timing_count; i++) {
        s->timings[i] = &r->timings[i];
        s->suites[r->timings[i].cell].milliseconds += r->timings[i].milliseconds;
        in_order &= i == 0 || compare_timings(&s->timings[i - 1], &s->timings[i]) <= 0;
    }
    if (!in_order)
        qsort(s->timings, s->timing_count, sizeof *s->timings, compare_timings);
}

/* A counting sort: verdicts of one cell need not stand together in a judgement. */
static void sort_verdicts(struct sorted *s, const struct judgement *j)
{
    CLEANUP_FREE size_t *next = must_calloc(j->run->cell_count, sizeof *next);
    for (size_t i = 0; i < j->verdict_count; i++)
        count_verdict(&s->suites[j->verdicts[i].cell], j->verdicts[i].verdict);
    for (size_t c = 1; c < j->run->cell_count; c++)
        s->suites[c].first = next[c] = s->suites[c - 1].first + s->suites[c - 1].tests;
    s->order = must_calloc(j->verdict_count, sizeof *s->order);
    for (size_t i = 0; i < j->verdict_count; i++)
        s->order[next[j->verdicts[i].cell]++] = i;
}

static double time_of(const struct sorted *s, const struct judged *v)
{
    struct timing key = {.cell = v->cell, .check = v->check};
    const struct timing *wanted = &key;
    const struct timing **found =
        bsearch(&wanted, s->timings, s->timing_count, sizeof *s->timings, compare_timings);
    return found ? (*found)->milliseconds : 0;
}

static int compare_checks(const void *a, const void *b)
{
    const struct check *x = *(const struct check *const *)a, *y = *(const struct check *const *)b;
    return strcmp(x->id, y->id);
}

static void sort_checks(struct sorted *s, const struct run *r)
{
    s->checks = must_calloc(r->check_count, sizeof *s->checks);
    for (size_t i = 0; i < r->check_count; i++)
        s->checks[i] = &r->checks[i];
    qsort(s->checks, r->check_count, sizeof *s->checks, compare_checks);
}

/* run_check, for a million failures. NULL: unknown. */
static const struct check *find_check(const struct judgement *j, const struct sorted *s,
                                      const char *id)
{
    struct check key = {.id = id};
    const struct check *wanted = &key;
    const struct check **found =
        bsearch(&wanted, s->checks, j->run->check_count, sizeof *s->checks, compare_checks);
    return found ? *found : NULL;
}

static void add_line(struct text *t, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    text_add(t, label);
    text_add(t, ": ");
    xml_add(t, value);
    text_add_char(t, '\n');
}

static void add_detail(struct text *t, const struct judgement *j, const struct sorted *s,
                       const struct judged *v)
{
    const struct check *c = find_check(j, s, v->check);
    add_line(t, "expected", v->expected ? v->expected : "no rule");
    add_line(t, "observed", v->observed);
    add_line(t, "status", status_name(v->status));
    add_line(t, "rule", v->rule);
    add_line(t, "cause", v->cause == SIZE_MAX ? NULL : j->causes[v->cause].text);
    add_line(t, "reason", v->reason);
    add_line(t, "ref", v->ref);
    add_line(t, "says", c ? c->says : NULL);
    add_line(t, "why", c ? c->why : NULL);
    add_line(t, "help", c ? c->help : NULL);
}

static void add_failure(struct text *t, const struct judgement *j, const struct sorted *s,
                        const struct judged *v)
{
    bool error = v->verdict == VERDICT_ERROR;
    const char *element = error ? "error" : "failure";
    text_printf(t, "<%s", element);
    xml_attribute(t, "type", verdict_name(v->verdict));
    text_add(t, " message=\"");
    if (error) {
        xml_add(t, *v->observed ? v->observed : "not observed");
    } else {
        text_add(t, "expected ");
        xml_add(t, v->expected ? v->expected : "no rule");
        text_printf(t, ", observed %s ", status_name(v->status));
        xml_add(t, v->observed);
    }
    text_add(t, "\">");
    add_detail(t, j, s, v);
    text_printf(t, "</%s>", element);
}

static void add_skipped(struct text *t, const struct judged *v)
{
    const char *reason = v->reason ? v->reason : v->observed;
    text_printf(t, "<skipped message=\"%s: ", verdict_name(v->verdict));
    xml_add(t, *reason ? reason : "no reason given");
    text_add(t, "\"/>");
}

static void add_case(struct text *t, const struct judgement *j, const struct sorted *s,
                     const struct judged *v, const char *class_name)
{
    enum outcome outcome = outcome_of(v->verdict);
    text_add(t, "<testcase classname=\"");
    text_add(t, class_name);
    text_add_char(t, '"');
    xml_attribute(t, "name", v->check);
    xml_attribute_seconds(t, "time", time_of(s, v));
    if (outcome == OUTCOME_PASS) {
        text_add(t, "/>\n");
        return;
    }
    text_add_char(t, '>');
    if (outcome == OUTCOME_SKIPPED)
        add_skipped(t, v);
    else
        add_failure(t, j, s, v);
    text_add(t, "</testcase>\n");
}

static void add_property(struct text *t, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    text_add(t, "<property");
    xml_attribute(t, "name", name);
    xml_attribute(t, "value", value);
    text_add(t, "/>\n");
}

static void add_properties(struct text *t, const struct judgement *j, const struct cell *c)
{
    const struct image *i = &j->run->images[c->image];
    text_add(t, "<properties>\n");
    add_property(t, "plimsoll", j->run->version);
    add_property(t, "reference", i->reference);
    add_property(t, "manifest", i->manifest_digest);
    add_property(t, "config", i->config_digest);
    add_property(t, "os", i->os_name);
    add_property(t, "libc-version", c->libc_version);
    add_property(t, "user", c->user);
    add_property(t, "runner", c->runner.name);
    add_property(t, "emulator", c->runner.emulator);
    add_property(t, "emulator-version", c->runner.emulator_version);
    add_property(t, "emulator-digest", c->runner.emulator_digest);
    add_property(t, "kernel", j->run->kernel);
    for (size_t m = 0; m < j->matrix_count; m++)
        add_property(t, j->matrices[m].path, j->matrices[m].digest);
    text_add(t, "</properties>\n");
}

static void add_counts(struct text *t, const struct suite *s)
{
    xml_attribute_count(t, "tests", s->tests);
    xml_attribute_count(t, "failures", s->failures);
    xml_attribute_count(t, "errors", s->errors);
}

/* Without the zone: UTC it is, and most readers take no zone. */
static void add_timestamp(struct text *t, const char *started)
{
    if (!started)
        return;
    CLEANUP_FREE char *local = must_strdup(started);
    local[strcspn(local, "Z+")] = '\0';
    xml_attribute(t, "timestamp", local);
}

static bool add_suite(struct stream *out, const struct judgement *j, const struct sorted *s,
                      size_t cell, struct error *e)
{
    struct text *t = &out->buffer;
    const struct cell *c = &j->run->cells[cell];
    const struct image *image = &j->run->images[c->image];
    const struct suite *suite = &s->suites[cell];
    CLEANUP_TEXT struct text class_name = TEXT_INIT;
    xml_add(&class_name, image->name);
    text_printf(&class_name, ".%s.%s", image->platform->name, flavor_name(c->flavor));
    text_printf(t, "<testsuite name=\"%s\"", text_get(&class_name));
    add_counts(t, suite);
    xml_attribute_count(t, "skipped", suite->skipped);
    xml_attribute_seconds(t, "time", suite->milliseconds);
    add_timestamp(t, j->run->started);
    xml_attribute(t, "hostname", "localhost"); /* as Ant does: no host's name goes into a result */
    text_add(t, ">\n");
    add_properties(t, j, c);
    for (size_t i = suite->first; i < suite->first + suite->tests; i++) {
        const struct judged *v = &j->verdicts[s->order[i]];
        add_case(t, j, s, v, text_get(&class_name));
        if (!stream_drain(out, e))
            return false;
    }
    if (c->failure) {
        text_add(t, "<system-err>");
        xml_add(t, c->failure);
        text_add(t, "</system-err>\n");
    }
    text_add(t, "</testsuite>\n");
    return true;
}

bool report_junit(const struct judgement *j, const struct report_options *o, struct stream *out,
                  struct error *e)
{
    struct text *t = &out->buffer;
    struct sorted s = {.suites = must_calloc(j->run->cell_count, sizeof *s.suites)};
    struct suite all = {0};
    (void)o;
    sort_timings(&s, j->run);
    sort_verdicts(&s, j);
    sort_checks(&s, j->run);
    for (size_t i = 0; i < j->verdict_count; i++)
        count_verdict(&all, j->verdicts[i].verdict);
    for (size_t c = 0; c < j->run->cell_count; c++)
        all.milliseconds += s.suites[c].milliseconds;
    text_add(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\"");
    add_counts(t, &all);
    xml_attribute_seconds(t, "time", all.milliseconds);
    text_add(t, ">\n");
    bool ok = true;
    for (size_t c = 0; ok && c < j->run->cell_count; c++)
        ok = (s.suites[c].tests == 0 && !j->run->cells[c].failure) || add_suite(out, j, &s, c, e);
    text_add(t, "</testsuites>\n");
    free(s.suites);
    free(s.order);
    free(s.timings);
    free(s.checks);
    return ok;
}
