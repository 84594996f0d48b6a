/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people: a summary, a matrix, what diverges and why, one last line. Its own words
 * are ASCII, whatever the terminal understands. */
#include "reports/terminal.h"
#include "reports/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const paints[] = {"",         "\033[32m", "\033[1;31m",
                                     "\033[33m", "\033[2m",  "\033[1m"};

void paint_begin(const struct screen *s, enum paint p)
{
    if (s->o->color)
        text_add(s->t, paints[p]);
}

void paint_end(const struct screen *s, enum paint p)
{
    if (s->o->color && p != PAINT_PLAIN)
        text_add(s->t, "\033[0m");
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_image_names(const struct run *r)
{
    CLEANUP_FREE const char **names = must_calloc(r->image_count, sizeof *names);
    size_t distinct = 0;
    for (size_t i = 0; i < r->image_count; i++)
        names[i] = r->images[i].name;
    qsort(names, r->image_count, sizeof *names, compare_texts);
    for (size_t i = 0; i < r->image_count; i++)
        distinct += i == 0 || strcmp(names[i], names[i - 1]) != 0;
    return distinct;
}

static size_t count_platforms(const struct run *r)
{
    size_t distinct = 0;
    for (size_t p = 0; p < platform_count; p++) {
        bool used = false;
        for (size_t i = 0; i < r->image_count && !used; i++)
            used = r->images[i].platform == &platforms[p];
        distinct += used;
    }
    return distinct;
}

static size_t count_flavors(const struct run *r)
{
    bool used[FLAVOR_COUNT + 1] = {false};
    size_t distinct = 0;
    for (size_t i = 0; i < r->cell_count; i++)
        used[r->cells[i].flavor] = true;
    for (size_t f = 0; f < FLAVOR_COUNT; f++)
        distinct += used[f];
    return distinct;
}

/* How many checks of the catalogue have a verdict. */
static size_t count_checks(const struct judgement *j)
{
    size_t known = j->run->check_count, distinct = 0;
    CLEANUP_FREE const char **ids = must_calloc(known, sizeof *ids);
    CLEANUP_FREE bool *seen = must_calloc(known, sizeof *seen);
    for (size_t i = 0; i < known; i++)
        ids[i] = j->run->checks[i].id;
    qsort(ids, known, sizeof *ids, compare_texts);
    for (size_t i = 0; i < j->verdict_count; i++) {
        const char **found = bsearch(&j->verdicts[i].check, ids, known, sizeof *ids, compare_texts);
        if (!found || seen[found - ids])
            continue;
        seen[found - ids] = true;
        distinct++;
    }
    return distinct;
}

static void add_summary(const struct screen *s)
{
    const struct run *r = s->j->run;
    struct text *t = s->t;
    size_t flavors = count_flavors(r);
    paint_begin(s, PAINT_BOLD);
    text_add(t, "plimsoll ");
    shown_add(t, r->version ? r->version : "(unknown version)", 0, s->o->utf8);
    paint_end(s, PAINT_BOLD);
    text_add(t, "   ");
    shown_count(t, count_image_names(r), "image x ", "images x ");
    shown_count(t, count_platforms(r), "platform", "platforms");
    if (flavors > 0) {
        text_add(t, " x ");
        shown_count(t, flavors, "flavor", "flavors");
    }
    text_add(t, "   ");
    shown_count(t, count_checks(s->j), "check", "checks");
    if (s->o->seconds > 0)
        text_printf(t, "   %.1f s", s->o->seconds);
    text_add(t, "\n\n");
    if (!r->complete)
        text_add(t, "The run was interrupted: this is what was observed until then.\n\n");
}

static void add_remarks(const struct screen *s)
{
    enum { SHOWN = 10 };
    size_t count = s->j->remark_count;
    size_t shown = s->o->verbosity == REPORT_VERBOSE || count <= SHOWN ? count : SHOWN;
    if (count == 0)
        return;
    shown_count(s->t, count, "remark on the matrix\n\n", "remarks on the matrix\n\n");
    for (size_t i = 0; i < shown; i++) {
        const struct remark *r = &s->j->remarks[i];
        CLEANUP_TEXT struct text line = TEXT_INIT;
        text_printf(&line, "%s: %s: %s", r->rule ? r->rule : "matrix", r->kind, r->text);
        shown_wrap(s->t, text_get(&line), 2, (size_t)s->o->width, s->o->utf8);
    }
    if (shown < count) {
        text_add(s->t, "  ");
        shown_count(s->t, count - shown, "more: see", "more: see");
        text_add(s->t, " --report json=FILE\n");
    }
    text_add_char(s->t, '\n');
}

static void add_last_line(const struct screen *s)
{
    static const struct {
        enum verdict verdict;
        const char *one, *many;
    } parts[] = {
        {VERDICT_DIVERGED, "diverged", "diverged"}, {VERDICT_NEW, "new", "new"},
        {VERDICT_MISSING, "missing", "missing"},    {VERDICT_FLAKY, "flaky", "flaky"},
        {VERDICT_ERROR, "error", "errors"},         {VERDICT_PASS, "as expected", "as expected"},
        {VERDICT_KNOWN, "known", "known"},          {VERDICT_SKIPPED, "skipped", "skipped"},
        {VERDICT_ABSENT, "absent", "absent"},
    };
    int exit = judgement_exit_code(s->j);
    enum paint p = exit == 0 ? PAINT_GOOD : exit == 1 ? PAINT_BAD : PAINT_WARN;
    const char *separator = ": ";
    bool any = s->j->unopened > 0;
    for (size_t v = 0; v < VERDICT_COUNT; v++)
        any |= s->j->counts[v] > 0;
    paint_begin(s, p);
    text_add(s->t, !any ? "NOTHING" : exit == 0 ? "PASS" : exit == 1 ? "FAIL" : "ERROR");
    paint_end(s, p);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t n = s->j->counts[parts[i].verdict];
        if (n == 0)
            continue;
        text_add(s->t, separator);
        shown_count(s->t, n, parts[i].one, parts[i].many);
        separator = ", ";
    }
    if (s->j->unopened) {
        text_add(s->t, separator);
        shown_count(s->t, s->j->unopened, "image not opened", "images not opened");
    }
    text_add(s->t, any ? "\n" : ": no check was observed\n");
}

bool report_terminal(const struct judgement *j, const struct report_options *o, struct stream *out,
                     struct error *e)
{
    struct screen s = {j, o, &out->buffer};
    if (o->verbosity != REPORT_QUIET) {
        add_summary(&s);
        terminal_matrix(&s);
    }
    terminal_findings(&s);
    if (o->verbosity != REPORT_QUIET)
        add_remarks(&s);
    add_last_line(&s);
    return stream_drain(out, e);
}
