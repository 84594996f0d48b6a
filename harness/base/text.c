/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/text.h"
#include "harness/base/pool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct text *t, size_t more)
{
    if (t->size - t->length > more)
        return;
    size_t size = t->size ? t->size : 64;
    while (size - t->length <= more)
        size *= 2;
    t->data = must_realloc(t->data, size);
    t->size = size;
}

void text_add_n(struct text *t, const char *more, size_t length)
{
    reserve(t, length);
    memcpy(t->data + t->length, more, length);
    t->length += length;
    t->data[t->length] = '\0';
}

void text_add(struct text *t, const char *more)
{
    text_add_n(t, more, strlen(more));
}

void text_add_char(struct text *t, char c)
{
    text_add_n(t, &c, 1);
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        abort();
    reserve(t, (size_t)n);
    vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
    va_end(again);
    t->length += (size_t)n;
}

void text_clear(struct text *t)
{
    t->length = 0;
    if (t->data)
        t->data[0] = '\0';
}

void text_cut(struct text *t, size_t length)
{
    if (length < t->length) {
        t->length = length;
        t->data[length] = '\0';
    }
}

void text_done(struct text *t)
{
    free(t->data);
    *t = (struct text)TEXT_INIT;
}

const char *text_get(const struct text *t)
{
    return t->data ? t->data : "";
}

char *text_take(struct text *t)
{
    char *data = t->data ? t->data : must_strdup("");
    *t = (struct text)TEXT_INIT;
    return data;
}

size_t text_printable_length(const char *bytes, size_t n)
{
    const unsigned char *s = (const unsigned char *)bytes;
    if (s[0] >= 0x20 && s[0] < 0x7f)
        return 1;
    size_t need = s[0] >= 0xc2 && s[0] <= 0xdf   ? 2
                  : (s[0] & 0xf0) == 0xe0        ? 3
                  : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                 : 0;
    if (need == 0 || need > n)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool c1 = s[0] == 0xc2 && s[1] < 0xa0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool outside = (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90);
    return c1 || overlong || outside ? 0 : need;
}

void text_add_printable(struct text *t, const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    for (size_t i = 0; i < length;) {
        size_t n = text_printable_length(bytes + i, length - i);
        if (n == 0)
            text_printf(t, "\\x%02x", s[i]);
        else if (s[i] == '\\')
            text_add(t, "\\\\");
        else
            text_add_n(t, bytes + i, n);
        i += n ? n : 1;
    }
}
