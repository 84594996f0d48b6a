/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/shown.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* U+200B-200F, U+2028-202E, U+2060-2069, U+FEFF: invisible, or they reorder what stands around. */
static bool is_invisible(const unsigned char *s, size_t length)
{
    if (length != 3)
        return false;
    if (s[0] == 0xe2 && s[1] == 0x80)
        return (s[2] >= 0x8b && s[2] <= 0x8f) || (s[2] >= 0xa8 && s[2] <= 0xae);
    if (s[0] == 0xe2 && s[1] == 0x81)
        return s[2] >= 0xa0 && s[2] <= 0xa9;
    return s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf;
}

struct piece { /* one character, or one byte that is shown as \xHH */
    size_t bytes, columns;
};

static struct piece next_piece(const char *s, size_t left, bool utf8)
{
    enum { ESCAPED = 4 };
    size_t n = text_printable_length(s, left);
    if (n == 1 || (n > 1 && utf8 && !is_invisible((const unsigned char *)s, n)))
        return (struct piece){n, 1};
    return (struct piece){1, ESCAPED};
}

static size_t width_n(const char *s, size_t length, bool utf8)
{
    size_t columns = 0;
    for (size_t i = 0; i < length;) {
        struct piece p = next_piece(s + i, length - i, utf8);
        columns += p.columns;
        i += p.bytes;
    }
    return columns;
}

/* How many bytes fit into so many columns; at least one character of a text that has one. */
static size_t bytes_within(const char *s, size_t length, size_t columns, bool utf8)
{
    size_t bytes = 0;
    for (size_t used = 0; bytes < length;) {
        struct piece p = next_piece(s + bytes, length - bytes, utf8);
        used += p.columns;
        if (used > columns && bytes > 0)
            break;
        bytes += p.bytes;
    }
    return bytes;
}

static size_t add_n(struct text *t, const char *s, size_t length, bool utf8)
{
    size_t columns = 0;
    for (size_t i = 0; i < length;) {
        struct piece p = next_piece(s + i, length - i, utf8);
        if (p.columns == 1)
            text_add_n(t, s + i, p.bytes);
        else
            text_printf(t, "\\x%02x", (unsigned char)s[i]);
        columns += p.columns;
        i += p.bytes;
    }
    return columns;
}

size_t shown_width(const char *foreign, bool utf8)
{
    return width_n(foreign, strlen(foreign), utf8);
}

size_t shown_add(struct text *t, const char *foreign, size_t columns, bool utf8)
{
    static const char dots[] = "...";
    size_t length = strlen(foreign), room = columns > strlen(dots) ? columns - strlen(dots) : 0;
    if (columns == 0 || width_n(foreign, length, utf8) <= columns)
        return add_n(t, foreign, length, utf8);
    size_t bytes = bytes_within(foreign, length, room, utf8);
    size_t used = width_n(foreign, bytes, utf8) <= room ? add_n(t, foreign, bytes, utf8) : 0;
    text_add(t, dots);
    return used + strlen(dots);
}

void shown_spaces(struct text *t, size_t count)
{
    while (count-- > 0)
        text_add_char(t, ' ');
}

void shown_add_padded(struct text *t, const char *foreign, size_t columns, bool utf8)
{
    size_t used = shown_add(t, foreign, columns, utf8);
    shown_spaces(t, columns > used ? columns - used : 0);
}

void shown_wrap(struct text *t, const char *foreign, size_t indent, size_t width, bool utf8)
{
    enum { LEAST = 20 };
    static const char blank[] = " \n\t";
    size_t room = width == 0 ? SIZE_MAX : width > indent + LEAST ? width - indent : LEAST;
    size_t column = 0;
    for (const char *at = foreign + strspn(foreign, blank); *at; at += strspn(at, blank)) {
        for (size_t length = strcspn(at, blank), fits; length > 0; at += fits, length -= fits) {
            fits = bytes_within(at, length, room, utf8); /* all, but of a word longer than a line */
            size_t columns = width_n(at, fits, utf8);
            if (column > 0 && columns >= room - column) {
                text_add_char(t, '\n');
                column = 0;
            }
            if (column == 0)
                shown_spaces(t, indent);
            else
                text_add_char(t, ' ');
            column += (column > 0) + add_n(t, at, fits, utf8);
        }
    }
    if (column > 0)
        text_add_char(t, '\n');
}

void shown_number(struct text *t, size_t n)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%zu", n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text_add_char(t, ',');
        text_add_char(t, digits[i]);
    }
}

void shown_count(struct text *t, size_t n, const char *one, const char *many)
{
    shown_number(t, n);
    text_add_char(t, ' ');
    text_add(t, n == 1 ? one : many);
}
