/* SPDX-License-Identifier: Apache-2.0 */
/* The matrix: a row per image and platform, a column per area. */
#include "reports/shown.h"
#include "reports/terminal.h"

#include <string.h>

enum { GAP = 2 };

struct tally { /* verdicts of one image in one area */
    size_t counts[VERDICT_COUNT];
};

struct layout {
    size_t name, platform, mark; /* widths; name 0: names stand on lines of their own */
    size_t areas[AREA_COUNT];    /* widths; 0: the area was not looked at */
};

struct state {
    const char *word;
    enum paint paint;
};

static struct state state_of(const struct tally *tally)
{
    const size_t *n = tally->counts;
    if (n[VERDICT_DIVERGED] || n[VERDICT_NEW] || n[VERDICT_MISSING] || n[VERDICT_FLAKY])
        return (struct state){"FAIL", PAINT_BAD};
    if (n[VERDICT_ERROR])
        return (struct state){"ERR", PAINT_WARN};
    if (n[VERDICT_KNOWN])
        return (struct state){"known", PAINT_WARN};
    if (n[VERDICT_PASS])
        return (struct state){"ok", PAINT_GOOD};
    if (n[VERDICT_SKIPPED])
        return (struct state){"skip", PAINT_DIM};
    return (struct state){n[VERDICT_ABSENT] ? "-" : "", PAINT_DIM};
}

static struct tally *count_all(const struct judgement *j)
{
    struct tally *tallies = must_calloc(j->run->image_count * AREA_COUNT, sizeof *tallies);
    for (size_t i = 0; i < j->verdict_count; i++) {
        const struct judged *v = &j->verdicts[i];
        size_t image = j->run->cells[v->cell].image;
        enum area area;
        if (area_of_check(v->check, &area))
            tallies[image * AREA_COUNT + area].counts[v->verdict]++;
    }
    return tallies;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static const char **find_marks(const struct run *r)
{
    const char **marks = must_calloc(r->image_count, sizeof *marks);
    for (size_t i = 0; i < r->image_count; i++)
        marks[i] = "";
    for (size_t i = 0; i < r->cell_count; i++)
        if (r->cells[i].runner.emulator)
            marks[r->cells[i].image] = "qemu";
    return marks;
}

static struct layout lay_out(const struct screen *s, const struct tally *tallies,
                             const char **marks)
{
    const struct run *r = s->j->run;
    struct layout l = {0};
    size_t width = 0;
    for (size_t i = 0; i < r->image_count; i++) {
        l.name = larger(l.name, shown_width(r->images[i].name, s->o->utf8));
        l.platform = larger(l.platform, strlen(r->images[i].platform->name));
        l.mark = larger(l.mark, strlen(marks[i]));
        for (size_t a = 0; a < AREA_COUNT; a++) {
            size_t word = strlen(state_of(&tallies[i * AREA_COUNT + a]).word);
            if (word > 0)
                l.areas[a] = larger(larger(l.areas[a], word), strlen(area_name((enum area)a)));
        }
    }
    for (size_t a = 0; a < AREA_COUNT; a++)
        width += l.areas[a] ? l.areas[a] + GAP : 0;
    width += l.name + GAP + l.platform + (l.mark ? l.mark + 1 : 0);
    if (s->o->width > 0 && width > (size_t)s->o->width)
        l.name = 0;
    return l;
}

static void end_line(struct text *t)
{
    while (t->length > 0 && t->data[t->length - 1] == ' ')
        t->data[--t->length] = '\0';
    text_add_char(t, '\n');
}

static size_t width_before_areas(const struct layout *l)
{
    return l->name + GAP + l->platform + (l->mark ? l->mark + 1 : 0);
}

static void add_head(const struct screen *s, const struct layout *l)
{
    shown_spaces(s->t, width_before_areas(l));
    for (size_t a = 0; a < AREA_COUNT; a++) {
        if (l->areas[a] == 0)
            continue;
        shown_spaces(s->t, GAP);
        shown_add_padded(s->t, area_name((enum area)a), l->areas[a], true);
    }
    end_line(s->t);
}

static void add_states(const struct screen *s, const struct layout *l, const struct tally *row)
{
    for (size_t a = 0; a < AREA_COUNT; a++) {
        struct state state = state_of(&row[a]);
        if (l->areas[a] == 0)
            continue;
        shown_spaces(s->t, GAP);
        if (*state.word) {
            paint_begin(s, state.paint);
            text_add(s->t, state.word);
            paint_end(s, state.paint);
        }
        shown_spaces(s->t, l->areas[a] - strlen(state.word));
    }
    end_line(s->t);
}

static void add_row(const struct screen *s, const struct layout *l, const struct tally *row,
                    size_t image, const char *mark)
{
    const struct image *i = &s->j->run->images[image];
    bool again = image > 0 && strcmp(i->name, i[-1].name) == 0;
    if (l->name == 0 && !again) {
        shown_add(s->t, i->name, (size_t)s->o->width, s->o->utf8);
        text_add_char(s->t, '\n');
    }
    if (l->name > 0)
        shown_add_padded(s->t, again ? "" : i->name, l->name, s->o->utf8);
    shown_spaces(s->t, GAP);
    shown_add_padded(s->t, i->platform->name, l->platform, true);
    if (l->mark > 0) {
        text_add_char(s->t, ' ');
        paint_begin(s, *mark ? PAINT_DIM : PAINT_PLAIN);
        text_add(s->t, mark);
        paint_end(s, *mark ? PAINT_DIM : PAINT_PLAIN);
        shown_spaces(s->t, l->mark - strlen(mark));
    }
    add_states(s, l, row);
}

void terminal_matrix(const struct screen *s)
{
    size_t count = s->j->run->image_count;
    CLEANUP_FREE struct tally *tallies = count_all(s->j);
    CLEANUP_FREE const char **marks = find_marks(s->j->run);
    struct layout l = lay_out(s, tallies, marks);
    if (s->j->verdict_count == 0)
        return;
    add_head(s, &l);
    for (size_t i = 0; i < count; i++)
        add_row(s, &l, &tallies[i * AREA_COUNT], i, marks[i]);
    text_add_char(s->t, '\n');
}
