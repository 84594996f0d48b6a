/* SPDX-License-Identifier: Apache-2.0 */
/* What the matrix cannot show: what diverges, below its cause, and what went wrong. */
#include "reports/findings.h"
#include "reports/shown.h"
#include "reports/terminal.h"

#include <stdint.h>
#include <string.h>

enum { GROUPS_SHOWN = 20, IMAGES_SHOWN = 3, CHECKS_SHOWN = 3, GAP = 3, INDENT = 2 };

static const char expected_label[] = "expected ", observed_label[] = "observed ";

struct telling { /* of one list of findings; so many groups, the rest is only counted */
    const struct screen *s;
    struct findings found;
    size_t groups_left, left_out;
};

static struct telling telling_of(const struct screen *s, struct findings found)
{
    bool all = s->o->verbosity == REPORT_VERBOSE;
    return (struct telling){s, found, all ? SIZE_MAX : GROUPS_SHOWN, 0};
}

static void finish_telling(struct telling *l)
{
    if (l->left_out > 0) {
        shown_spaces(l->s->t, INDENT);
        shown_count(l->s->t, l->left_out, "more: see", "more: see");
        text_add(l->s->t, " --report json=FILE\n\n");
    }
    findings_done(&l->found);
}

static size_t room(const struct screen *s, size_t indent)
{
    size_t width = (size_t)s->o->width;
    if (width == 0 || s->o->verbosity == REPORT_VERBOSE)
        return 0;
    return width > indent + 8 ? width - indent : 8;
}

static void begin_line(const struct screen *s, size_t indent)
{
    shown_spaces(s->t, indent);
}

static void end_line(const struct screen *s)
{
    text_add_char(s->t, '\n');
}

/* ---- pieces ---- */

static const char *expected_text(const struct judged *v)
{
    return v->expected ? v->expected : "no rule";
}

static char *observed_text(const struct judged *v)
{
    if (v->verdict == VERDICT_MISSING)
        return must_strdup("nothing");
    if (v->status == STATUS_VALUE)
        return must_printf("\"%s\"", v->observed);
    return must_printf("%s%s%s", status_name(v->status), *v->observed ? " " : "", v->observed);
}

/* A foreign sentence of any length: at most four lines of it, unless verbose. */
static void add_sentence(const struct screen *s, const char *foreign, size_t indent)
{
    enum { LINES = 4 };
    CLEANUP_TEXT struct text cut = TEXT_INIT;
    shown_add(&cut, foreign, LINES * room(s, indent), s->o->utf8);
    shown_wrap(s->t, text_get(&cut), indent, (size_t)s->o->width, s->o->utf8);
}

/* One line for the rows at the front that are of the same image; returns how many they are. */
static size_t add_cells_of_image(const struct screen *s, const struct judged *const *rows,
                                 size_t count, size_t indent)
{
    CLEANUP_TEXT struct text line = TEXT_INIT;
    const struct cell *cells = s->j->run->cells;
    size_t image = cells[rows[0]->cell].image, i = 0;
    const char *separator = ": ";
    text_printf(&line, "in %s %s", s->j->run->images[image].name,
                s->j->run->images[image].platform->name);
    for (; i < count && cells[rows[i]->cell].image == image; i++) {
        enum flavor f = cells[rows[i]->cell].flavor;
        if (f == FLAVOR_NONE || (i > 0 && rows[i]->cell == rows[i - 1]->cell))
            continue;
        text_printf(&line, "%s%s", separator, flavor_name(f));
        separator = ", ";
    }
    shown_wrap(s->t, text_get(&line), indent, (size_t)s->o->width, s->o->utf8);
    return i;
}

/* "in alpine linux/amd64: musl-dynamic, musl-static", a line for each image; rows are by cell. */
static void add_cells(const struct screen *s, const struct judged *const *rows, size_t count,
                      size_t indent)
{
    size_t most = s->o->verbosity == REPORT_VERBOSE ? SIZE_MAX : IMAGES_SHOWN;
    size_t i = 0, left = 0;
    for (size_t images = 0; i < count && images < most; images++)
        i += add_cells_of_image(s, rows + i, count - i, indent);
    for (; i < count; i++)
        left += rows[i]->cell != rows[i - 1]->cell;
    if (left == 0)
        return;
    begin_line(s, indent);
    text_add(s->t, "and in ");
    shown_count(s->t, left, "more cell", "more cells");
    end_line(s);
}

/* "exec.start, exec.shebang, ...": the first few of them, each once. */
static void add_checks(const struct screen *s, const struct judged *const *rows, size_t count)
{
    const char *names[CHECKS_SHOWN];
    size_t named = 0;
    for (size_t i = 0, k; i < count; i++) {
        for (k = 0; k < named && strcmp(names[k], rows[i]->check) != 0;)
            k++;
        if (k < named)
            continue;
        text_add(s->t, named ? ", " : "");
        if (named == CHECKS_SHOWN) {
            text_add(s->t, "...");
            return;
        }
        names[named++] = rows[i]->check;
        shown_add(s->t, rows[i]->check, 0, s->o->utf8);
    }
}

static size_t group_length(const struct judged *const *rows, size_t count,
                           bool (*same)(const struct judged *, const struct judged *))
{
    size_t n = 1;
    while (n < count && same(rows[0], rows[n]))
        n++;
    return n;
}

/* ---- divergences ---- */

struct columns { /* widths below one heading; folded: what does not fit stands on lines of its own
                  */
    size_t check, expected, observed;
    bool folded;
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static struct columns lay_out(const struct screen *s, const struct judged *const *rows,
                              size_t count)
{
    enum { CELLS_COLUMN = 12 };
    struct columns c = {0};
    for (size_t i = 0, n; i < count; i += n) {
        n = group_length(rows + i, count - i, findings_same);
        CLEANUP_FREE char *observed = observed_text(rows[i]);
        if (rows[i]->cause != SIZE_MAX)
            c.check = larger(c.check, shown_width(rows[i]->check, s->o->utf8));
        c.expected = larger(c.expected, shown_width(expected_text(rows[i]), s->o->utf8));
        c.observed = larger(c.observed, shown_width(observed, s->o->utf8));
    }
    c.expected += strlen(expected_label);
    c.observed += strlen(observed_label);
    size_t width = 2 * INDENT + c.check + (c.check ? GAP : 0) + c.expected + GAP + c.observed +
                   GAP + CELLS_COLUMN;
    c.folded = s->o->width > 0 && width > (size_t)s->o->width;
    return c;
}

static void add_labelled(const struct screen *s, const char *label, const char *value, enum paint p,
                         size_t columns)
{
    size_t label_width = strlen(label);
    text_add(s->t, label);
    paint_begin(s, p);
    size_t used =
        label_width +
        shown_add(s->t, value, columns > label_width ? columns - label_width : 0, s->o->utf8);
    paint_end(s, p);
    if (used < columns)
        shown_spaces(s->t, columns - used);
}

static void add_folded(const struct screen *s, const struct judged *v, size_t cells,
                       const char *observed)
{
    size_t indent = 2 * INDENT;
    if (v->cause != SIZE_MAX) {
        begin_line(s, indent);
        shown_add(s->t, v->check, 0, s->o->utf8);
        shown_spaces(s->t, GAP);
        shown_count(s->t, cells, "cell", "cells");
        end_line(s);
        indent += INDENT;
    }
    const struct {
        const char *label, *value;
        enum paint paint;
    } lines[] = {{expected_label, expected_text(v), PAINT_PLAIN},
                 {observed_label, observed, PAINT_BAD}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        CLEANUP_TEXT struct text value = TEXT_INIT;
        size_t columns = room(s, indent + strlen(lines[i].label));
        shown_add(&value, lines[i].value, columns, s->o->utf8);
        begin_line(s, indent);
        add_labelled(s, lines[i].label, text_get(&value), lines[i].paint, 0);
        end_line(s);
    }
}

static void add_in_columns(const struct screen *s, const struct judged *v, size_t cells,
                           const char *observed, const struct columns *c)
{
    begin_line(s, 2 * INDENT);
    if (c->check > 0) {
        shown_add_padded(s->t, v->check, c->check, s->o->utf8);
        shown_spaces(s->t, GAP);
    }
    add_labelled(s, expected_label, expected_text(v), PAINT_PLAIN, c->expected);
    shown_spaces(s->t, GAP);
    add_labelled(s, observed_label, observed, PAINT_BAD, c->observed);
    shown_spaces(s->t, GAP);
    shown_count(s->t, cells, "cell", "cells");
    end_line(s);
}

static void add_group(const struct screen *s, const struct judged *const *rows, size_t count,
                      const struct columns *c)
{
    const struct judged *v = rows[0];
    CLEANUP_FREE char *observed = observed_text(v);
    if (c->folded)
        add_folded(s, v, count, observed);
    else
        add_in_columns(s, v, count, observed, c);
    if (v->cause == SIZE_MAX || s->o->verbosity == REPORT_VERBOSE)
        add_cells(s, rows, count, 3 * INDENT);
    if (v->cause == SIZE_MAX && v->rule) {
        CLEANUP_TEXT struct text line = TEXT_INIT;
        text_printf(&line, "rule %s%s%s", v->rule, v->reason ? ": " : "",
                    v->reason ? v->reason : "");
        add_sentence(s, text_get(&line), 3 * INDENT);
    }
}

static void add_heading(const struct screen *s, const struct judged *v)
{
    CLEANUP_TEXT struct text line = TEXT_INIT;
    const struct check *c = run_check(s->j->run, v->check);
    if (v->cause != SIZE_MAX) {
        const struct cause *cause = &s->j->causes[v->cause];
        text_printf(&line, "image %s: %s", s->j->run->images[cause->image].name, cause->text);
    } else {
        text_printf(&line, "%s: %s", v->check, c && c->says ? c->says : verdict_name(v->verdict));
    }
    paint_begin(s, PAINT_BOLD);
    add_sentence(s, text_get(&line), INDENT);
    paint_end(s, PAINT_BOLD);
}

/* The check that has the advice to give: that of the fact which is the cause, else the first. */
static const struct check *telling_check(const struct screen *s, const struct judged *const *rows,
                                         size_t count)
{
    const struct check *first = NULL;
    for (size_t i = 0, n; i < count; i += n) {
        n = group_length(rows + i, count - i, findings_same);
        const struct check *c = run_check(s->j->run, rows[i]->check);
        bool has_advice = c && (c->why || c->help);
        if (has_advice && c->area == AREA_IMAGE)
            return c;
        first = has_advice && !first ? c : first;
    }
    return first ? first : run_check(s->j->run, rows[0]->check);
}

static void add_advice(const struct screen *s, const struct check *c)
{
    const struct {
        const char *label, *text;
    } lines[] = {{"why: ", c ? c->why : NULL}, {"do: ", c ? c->help : NULL}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        CLEANUP_TEXT struct text line = TEXT_INIT;
        if (!lines[i].text)
            continue;
        text_add(&line, lines[i].label);
        text_add(&line, lines[i].text);
        shown_wrap(s->t, text_get(&line), 2 * INDENT, (size_t)s->o->width, s->o->utf8);
    }
    if (c)
        text_printf(s->t, "    more: plimsoll explain %s\n", c->id);
}

static void tell_heading(struct telling *l, const struct judged *const *rows, size_t count)
{
    size_t i = 0;
    if (l->groups_left == 0) {
        l->left_out += count;
        return;
    }
    struct columns c = lay_out(l->s, rows, count);
    add_heading(l->s, rows[0]);
    for (size_t n; i < count && l->groups_left > 0; i += n, l->groups_left--) {
        n = group_length(rows + i, count - i, findings_same);
        add_group(l->s, rows + i, n, &c);
    }
    l->left_out += count - i;
    add_advice(l->s, telling_check(l->s, rows, count));
    end_line(l->s);
}

/* "10 divergences, 8 of them from 1 cause" */
static void add_count(const struct telling *l)
{
    const struct judged *const *rows = l->found.rows;
    size_t caused = 0, causes = 0;
    for (size_t i = 0; i < l->found.count && rows[i]->cause != SIZE_MAX; i++) {
        caused++;
        causes += i == 0 || !findings_same_heading(l->s->j, rows[i - 1], rows[i]);
    }
    shown_count(l->s->t, l->found.count, "divergence", "divergences");
    if (caused == l->found.count) {
        text_add(l->s->t, causes == 1 && caused == 1 ? ", from " : ", all from ");
    } else if (caused > 0) {
        text_add(l->s->t, ", ");
        shown_number(l->s->t, caused);
        text_add(l->s->t, " of them from ");
    }
    if (caused > 0)
        shown_count(l->s->t, causes, "cause", "causes");
    text_add(l->s->t, "\n\n");
}

static void tell_divergences(const struct screen *s)
{
    struct telling l = telling_of(s, findings_divergences(s->j));
    const struct judged *const *rows = l.found.rows;
    if (l.found.count > 0)
        add_count(&l);
    for (size_t i = 0, n; i < l.found.count; i += n) {
        for (n = 1; i + n < l.found.count;)
            if (findings_same_heading(s->j, rows[i], rows[i + n]))
                n++;
            else
                break;
        tell_heading(&l, rows + i, n);
    }
    finish_telling(&l);
}

/* ---- errors, and what is excused ---- */

static bool same_error(const struct judged *a, const struct judged *b)
{
    return strcmp(a->observed, b->observed) == 0;
}

static void tell_errors(const struct screen *s)
{
    struct telling l = telling_of(s, findings_errors(s->j));
    const struct judged *const *rows = l.found.rows;
    if (l.found.count > 0) {
        shown_count(s->t, l.found.count, "check", "checks");
        text_add(s->t, " could not be observed\n\n");
    }
    for (size_t i = 0, n; i < l.found.count; i += n) {
        n = group_length(rows + i, l.found.count - i, same_error);
        if (l.groups_left == 0) {
            l.left_out += n;
            continue;
        }
        l.groups_left--;
        add_sentence(s, *rows[i]->observed ? rows[i]->observed : "no reason given", INDENT);
        begin_line(s, 2 * INDENT);
        shown_count(s->t, n, "check: ", "checks: ");
        add_checks(s, rows + i, n);
        end_line(s);
        add_cells(s, rows + i, n, 2 * INDENT);
        end_line(s);
    }
    finish_telling(&l);
}

static bool same_excuse(const struct judged *a, const struct judged *b)
{
    return strcmp(a->check, b->check) == 0 && strcmp(findings_reason(a), findings_reason(b)) == 0;
}

static void tell_excused(const struct screen *s, enum verdict verdict, const char *one,
                         const char *many)
{
    struct telling l = telling_of(s, findings_excused(s->j, verdict));
    const struct judged *const *rows = l.found.rows;
    if (l.found.count > 0) {
        shown_count(s->t, l.found.count, one, many);
        text_add(s->t, "\n\n");
    }
    for (size_t i = 0, n; i < l.found.count; i += n) {
        CLEANUP_TEXT struct text line = TEXT_INIT;
        n = group_length(rows + i, l.found.count - i, same_excuse);
        text_printf(&line, "%s: %s%s%s", rows[i]->check, findings_reason(rows[i]),
                    rows[i]->ref ? " " : "", rows[i]->ref ? rows[i]->ref : "");
        shown_wrap(s->t, text_get(&line), INDENT, (size_t)s->o->width, s->o->utf8);
        add_cells(s, rows + i, n, 2 * INDENT);
    }
    if (l.found.count > 0)
        end_line(s);
    finish_telling(&l);
}

void terminal_findings(const struct screen *s)
{
    tell_divergences(s);
    tell_errors(s);
    if (s->o->verbosity != REPORT_VERBOSE)
        return;
    tell_excused(s, VERDICT_KNOWN, "known deviation", "known deviations");
    tell_excused(s, VERDICT_SKIPPED, "check skipped", "checks skipped");
}
