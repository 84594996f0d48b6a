/* SPDX-License-Identifier: Apache-2.0 */
/* A growing text buffer. Always NUL-terminated once something was added; out of memory ends the
 * program. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>

struct text {
    char *data; /* owned; NULL while empty */
    size_t length, size;
};

#define TEXT_INIT \
    { \
        (char *)0, 0, 0 \
    }

void text_add(struct text *t, const char *more) NONNULL;
void text_add_n(struct text *t, const char *more, size_t length) NONNULL;
void text_add_char(struct text *t, char c) NONNULL;
void text_printf(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3) NONNULL;
void text_clear(struct text *t) NONNULL;              /* keeps the memory */
void text_cut(struct text *t, size_t length) NONNULL; /* keeps the first so many bytes */
void text_done(struct text *t) NONNULL;               /* frees; t may be used again */

/* The text so far, never NULL. */
const char *text_get(const struct text *t) NONNULL;

/* Gives the buffer away (never NULL; the caller frees it) and leaves t empty. */
char *text_take(struct text *t) NONNULL MUST_CHECK;

/* Length of the valid, printable UTF-8 character that the n > 0 bytes begin with, 0 when they begin
 * with none. Overlong forms, surrogates, C0 and C1 controls are none. */
size_t text_printable_length(const char *bytes, size_t n) NONNULL;

/* Adds bytes as valid, printable UTF-8: control bytes and what is not UTF-8 become \xHH, a
 * backslash is doubled. For showing foreign bytes. */
void text_add_printable(struct text *t, const char *bytes, size_t length) NONNULL;

#define CLEANUP_TEXT __attribute__((cleanup(text_done)))
