/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Out of memory while reporting an error leaves nothing better to do than to stop. */
static char *format_text(const char *format, va_list args)
{
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        abort();
    return text;
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
