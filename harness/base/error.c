/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/error.h"
#include "harness/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A backslash stays single: who wants foreign text told without doubt doubles it beforehand. */
static char *printable(const char *raw, bool keep_lines)
{
    struct text t = TEXT_INIT;
    for (size_t n, left = strlen(raw); left > 0; raw += n, left -= n) {
        n = text_printable_length(raw, left);
        if (n > 0 || (keep_lines && *raw == '\n'))
            text_add_n(&t, raw, n ? n : 1);
        else
            text_printf(&t, "\\x%02x", (unsigned char)*raw);
        n = n ? n : 1;
    }
    return text_take(&t);
}

/* Out of memory while reporting an error leaves nothing better to do than to stop. */
static char *format_text(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        abort();
    char *line = printable(text, false);
    free(text);
    return line;
}

bool error_set(struct error *e, enum error_code code, const char *format, ...)
{
    assert(!error_is_set(e) && code != ERROR_NONE);
    va_list args;
    va_start(args, format);
    e->message = format_text(format, args);
    va_end(args);
    e->code = code;
    return false;
}

bool error_set_lines(struct error *e, enum error_code code, const char *lines)
{
    assert(!error_is_set(e) && code != ERROR_NONE);
    e->message = printable(lines, true);
    e->code = code;
    return false;
}

bool error_errno(struct error *e, enum error_code code, int errnum, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args);
    va_end(args);
    error_set(e, code, "%s: %s", text, strerror(errnum));
    free(text);
    return false;
}

bool error_context(struct error *e, const char *format, ...)
{
    assert(error_is_set(e));
    va_list args;
    va_start(args, format);
    char *text = format_text(format, args), *whole = NULL;
    va_end(args);
    if (asprintf(&whole, "%s: %s", text, e->message) < 0)
        abort();
    free(text);
    free(e->message);
    e->message = whole;
    return false;
}

void error_clear(struct error *e)
{
    free(e->message);
    *e = (struct error)ERROR_INIT;
}
