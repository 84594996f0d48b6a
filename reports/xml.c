/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/xml.h"

#include <stdint.h>
#include <string.h>

static const char *entity(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;"; /* "]]>" may not stand in character data */
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    default:
        return NULL;
    }
}

static bool is_noncharacter(const char *s, size_t length)
{
    return length == 3 && memcmp(s, "\xef\xbf", 2) == 0 && (unsigned char)s[2] >= 0xbe;
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && !entity(c);
}

/* The one character at s, which is not plain; returns its length. */
static size_t add_special(struct text *t, const char *s, size_t left)
{
    const char *escaped = entity(*s);
    size_t n = text_printable_length(s, left);
    if (escaped) {
        text_add(t, escaped);
        return 1;
    }
    if (n == 0 || is_noncharacter(s, n)) {
        text_printf(t, "\\x%02x", (unsigned char)*s);
        return 1;
    }
    text_add_n(t, s, n);
    return n;
}

void xml_add(struct text *t, const char *foreign)
{
    size_t length = strlen(foreign);
    for (size_t i = 0; i < length;) {
        size_t from = i;
        while (i < length && is_plain(foreign[i]))
            i++;
        text_add_n(t, foreign + from, i - from);
        if (i < length)
            i += add_special(t, foreign + i, length - i);
    }
}

void xml_attribute(struct text *t, const char *name, const char *value)
{
    text_add_char(t, ' ');
    text_add(t, name);
    text_add(t, "=\"");
    xml_add(t, value);
    text_add_char(t, '"');
}

void xml_attribute_count(struct text *t, const char *name, size_t value)
{
    text_printf(t, " %s=\"%zu\"", name, value);
}

void xml_attribute_seconds(struct text *t, const char *name, double milliseconds)
{
    const double most = 1e15;
    uint64_t ms = milliseconds > 0 && milliseconds < most ? (uint64_t)(milliseconds + 0.5) : 0;
    text_printf(t, " %s=\"%ju.%03u\"", name, (uintmax_t)(ms / 1000), (unsigned)(ms % 1000));
}
