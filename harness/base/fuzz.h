/* SPDX-License-Identifier: Apache-2.0 */
/* For fuzz targets. A target NAME_fuzz.c stands beside the parser that it feeds with bytes nobody
 * vouches for, and checks what must hold for all of them; its corpus is fuzz/NAME/, a dictionary
 * (if any) fuzz/NAME.dict. ci/fuzz runs all of them; the tests run each over its corpus. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer calls. The bytes are on the heap without a terminator: reading past them is seen.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(holds) ((holds) ? (void)0 : fuzz_failed(#holds, __FILE__, __LINE__))

static inline _Noreturn void fuzz_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* The input as a text, which ends at its first NUL if it has one. The caller frees it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = must_calloc(size + 1, 1);
    return size > 0 ? memcpy(text, data, size) : text;
}

/* The next part of an input that is several texts, each ended by NUL; "" when there is none left.
 * The caller frees it. */
static inline char *fuzz_next_text(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size > 0 ? memchr(*data, '\0', *size) : NULL;
    size_t length = end ? (size_t)(end - *data) : *size;
    char *text = fuzz_text(*data, length);
    *data += length + (end != NULL);
    *size -= length + (end != NULL);
    return text;
}

static inline bool fuzz_is_printable(const char *text)
{
    size_t left = strlen(text);
    for (size_t n; left > 0; text += n, left -= n)
        if ((n = text_printable_length(text, left)) == 0)
            return false;
    return true;
}

/* The error of a refusal: set, and one line that can be shown to people. Clears it. */
static inline void fuzz_check_error(struct error *e)
{
    FUZZ_CHECK(error_is_set(e) && e->message && *e->message);
    FUZZ_CHECK(fuzz_is_printable(e->message));
    error_clear(e);
}

/* For what a refusal must leave as it was: taint it, then check that it is still tainted. */
enum { FUZZ_TAINT = 0xa5 };

static inline void fuzz_taint(void *object, size_t size)
{
    memset(object, FUZZ_TAINT, size);
}

static inline void fuzz_check_tainted(const void *object, size_t size)
{
    for (size_t i = 0; i < size; i++)
        FUZZ_CHECK(((const uint8_t *)object)[i] == FUZZ_TAINT);
}

/* Whether two texts are equal, or both NULL. */
static inline bool fuzz_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}
