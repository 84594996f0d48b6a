/* SPDX-License-Identifier: Apache-2.0 */
/* What a check says: one record through the pipe to the process that runs the checks. A record is
 * its kind ('V'alue, 'S'kip, 'B'roken), the text and a NUL, in one write, so it is never torn. */
#include "probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int say_fd = -1;

void say_through(int fd)
{
    say_fd = fd;
}

/* How a byte is shown; returns the length of piece. No printf: this runs for every byte of every
 * value, under emulators too. */
static size_t show(unsigned char c, char piece[4])
{
    static const char digits[] = "0123456789ABCDEF";
    if (c >= ' ' && c < 0x7f) {
        piece[0] = (char)c;
        return 1;
    }
    memcpy(piece, (char[]){'\\', 'x', digits[c >> 4], digits[c & 15]}, 4);
    return 4;
}

/* The text as one printable line of at most VALUE_MAX bytes; "..." when it was longer. */
static void escape(char to[VALUE_MAX + 1], const char *from, size_t length)
{
    size_t used = 0, fits = 0; /* fits: up to here there is room for the dots */
    for (size_t i = 0; i < length; i++) {
        char piece[4];
        size_t size = show((unsigned char)from[i], piece);
        if (used + size > VALUE_MAX) {
            strcpy(to + fits, "...");
            return;
        }
        memcpy(to + used, piece, size);
        used += size;
        if (used + 3 <= VALUE_MAX)
            fits = used;
    }
    to[used] = '\0';
}

/* As vsnprintf(), which costs an emulator a thousand instructions to translate, and most values
 * need nothing but "%s". */
static int fill(char *to, size_t size, const char *format, va_list arguments) PRINTF_LIKE(3, 0);
static int fill(char *to, size_t size, const char *format, va_list arguments)
{
    for (const char *f = format; *f; f++)
        if (*f == '%' && *++f != 's')
            return vsnprintf(to, size, format, arguments);
    size_t used = 0;
    for (; *format; format++) {
        if (*format != '%') {
            if (used + 1 < size)
                to[used++] = *format;
            continue;
        }
        format++;
        const char *s = va_arg(arguments, const char *);
        for (s = s ? s : "(null)"; *s && used + 1 < size; s++)
            to[used++] = *s;
    }
    to[used] = '\0';
    return (int)used;
}

static void say(char kind, const char *format, va_list arguments) PRINTF_LIKE(2, 0);
static void say(char kind, const char *format, va_list arguments)
{
    char text[VALUE_MAX + 64], record[VALUE_MAX + 2] = {kind};
    int length = fill(text, sizeof text, format, arguments);
    if (length < 0) {
        record[0] = 'B';
        strcpy(record + 1, "the text of the observation cannot be printed");
    } else {
        escape(record + 1, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
    }
    size_t size = strlen(record) + 1;
    if (write(say_fd, record, size) != (ssize_t)size)
        _exit(120); /* shows as an end without an observation */
}

void observe(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say('V', format, arguments);
    va_end(arguments);
}

void skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say('S', format, arguments);
    va_end(arguments);
    _exit(0);
}

void broken(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say('B', format, arguments);
    va_end(arguments);
    _exit(0);
}
