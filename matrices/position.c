/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/position.h"

#include "harness/base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FAULT_LIMIT = 100 };

const char *position_text(struct pool *pool, const struct position *at)
{
    return pool_printf(pool, "%s:%u:%u", at->file, at->line, at->column);
}

void faults_add(struct faults *f, const struct position *at, const char *format, ...)
{
    if (f->count >= FAULT_LIMIT) {
        f->dropped++;
        return;
    }
    struct fault *fault = ARRAY_ADD(&f->list, &f->count);
    fault->at = *at;
    va_list args;
    va_start(args, format);
    if (vasprintf(&fault->text, format, args) < 0)
        abort();
    va_end(args);
}

static int compare_faults(const void *a, const void *b)
{
    const struct fault *x = a, *y = b;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    if (x->at.column != y->at.column)
        return x->at.column < y->at.column ? -1 : 1;
    return 0;
}

void faults_sort(struct faults *f)
{
    if (f->count > 1)
        qsort(f->list, f->count, sizeof *f->list, compare_faults);
}

void faults_move(struct faults *f, struct faults *more)
{
    for (size_t i = 0; i < more->count; i++)
        *ARRAY_ADD(&f->list, &f->count) = more->list[i];
    f->dropped += more->dropped;
    free(more->list);
    *more = (struct faults){NULL, 0, 0};
}

bool faults_report(const struct faults *f, struct error *e)
{
    if (!f->count)
        return true;
    CLEANUP_TEXT struct text all = TEXT_INIT;
    for (size_t i = 0; i < f->count; i++)
        text_printf(&all, "%s%s:%u:%u: %s", i ? "\n" : "", f->list[i].at.file, f->list[i].at.line,
                    f->list[i].at.column, f->list[i].text);
    if (f->dropped)
        text_printf(&all, "\n... and %zu more", f->dropped);
    return error_set_lines(e, ERROR_USAGE, text_get(&all));
}

void faults_done(struct faults *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->list[i].text);
    free(f->list);
    *f = (struct faults){NULL, 0, 0};
}
