/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/json_out.h"

#include <string.h>

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* The one character at s, which is not plain; returns its length. */
static size_t add_special(struct text *t, const char *s, size_t left)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = text_printable_length(s, left);
    if (*s == '"' || *s == '\\') {
        text_add_char(t, '\\');
        text_add_char(t, *s);
        return 1;
    }
    if (*s == '\n') {
        text_add(t, "\\n");
        return 1;
    }
    if (n > 0) {
        text_add_n(t, s, n);
        return n;
    }
    if (u[0] < 0x20 || u[0] == 0x7f) {
        text_printf(t, "\\u%04x", u[0]);
        return 1;
    }
    if (u[0] == 0xc2 && left > 1 && u[1] >= 0x80 && u[1] < 0xa0) { /* C1: a terminal obeys them */
        text_printf(t, "\\u%04x", u[1]);
        return 2;
    }
    text_printf(t, "\\\\x%02x", u[0]);
    return 1;
}

void json_out_quoted(struct text *t, const char *value)
{
    text_add_char(t, '"');
    size_t length = strlen(value);
    for (size_t i = 0; i < length;) {
        size_t from = i;
        while (i < length && is_plain((unsigned char)value[i]))
            i++;
        text_add_n(t, value + from, i - from);
        if (i < length)
            i += add_special(t, value + i, length - i);
    }
    text_add_char(t, '"');
}

static void add_key(struct text *t, const char *key)
{
    if (t->length > 0 && !strchr("{[\n", t->data[t->length - 1]))
        text_add_char(t, ',');
    if (key) {
        json_out_quoted(t, key);
        text_add_char(t, ':');
    }
}

void json_out_open(struct text *t, const char *key, char bracket)
{
    add_key(t, key);
    text_add_char(t, bracket);
}

void json_out_close(struct text *t, char bracket)
{
    text_add_char(t, bracket);
}

void json_out_text(struct text *t, const char *key, const char *value)
{
    if (!value)
        return;
    add_key(t, key);
    json_out_quoted(t, value);
}

void json_out_text_or_null(struct text *t, const char *key, const char *value)
{
    if (value) {
        json_out_text(t, key, value);
        return;
    }
    add_key(t, key);
    text_add(t, "null");
}

void json_out_integer(struct text *t, const char *key, uint64_t value)
{
    char digits[24], *p = digits + sizeof digits;
    add_key(t, key);
    do
        *--p = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    text_add_n(t, p, (size_t)(digits + sizeof digits - p));
}

void json_out_bool(struct text *t, const char *key, bool value)
{
    add_key(t, key);
    text_add(t, value ? "true" : "false");
}

void json_out_decimal(struct text *t, const char *key, double value)
{
    const double most = 1e15; /* thousandths of it still fit in 64 bits */
    uint64_t thousandths = value > 0 && value < most ? (uint64_t)(value * 1000 + 0.5) : 0;
    json_out_integer(t, key, thousandths / 1000);
    unsigned rest = (unsigned)(thousandths % 1000);
    if (rest == 0)
        return;
    char decimals[] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
                       (char)('0' + rest % 10)};
    size_t length = sizeof decimals;
    while (decimals[length - 1] == '0')
        length--;
    text_add_n(t, decimals, length);
}
