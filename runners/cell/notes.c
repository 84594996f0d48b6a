/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/notes.h"
#include "harness/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void notes_add(struct notes *n, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    if (n->count < sizeof n->items / sizeof *n->items)
        n->items[n->count++] = text;
    else
        free(text);
}

void notes_add_error(struct notes *n, const char *what, struct error *e)
{
    notes_add(n, "%s: %s", what, e->message);
    error_clear(e);
}

void notes_done(struct notes *n)
{
    while (n->count > 0)
        free(n->items[--n->count]);
}
