/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and texts in and out: printf, scanf, strtol. */
#include "probe.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* What printf makes of a format that the compiler must not see. */
static const char *print(const char *format, ...)
{
    static char texts[8][64];
    static unsigned next;
    char *text = texts[next++ % 8];
    va_list arguments;
    int length;

    va_start(arguments, format);
    text[0] = '\0';
    errno = 0;
    length = vsnprintf(text, sizeof(texts[0]), format, arguments);
    va_end(arguments);
    return length < 0 ? errno_name(errno) : text;
}

CHECK(printf_invalid, .id = "locale.printf.invalid",
      .says = "printf takes %Ld and %qd for long long and copies what it does not know",
      .why = "musl prints nothing at all and returns an error",
      .help = "write %lld; check the result of printf",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html")
{
    const char *large = print("%Ld", 5LL);
    const char *quad = print("%qd", 5LL);
    const char *size = print("%Zd", (size_t)5);
    const char *unknown = print("a%y", 5);

    observe("Ld %s; qd %s; Zd %s; y %s", large, quad, size, unknown);
}

CHECK(printf_c23, .id = "locale.printf.c23", .says = "printf knows %b (C23)",
      .why = "glibc 2.35 brought it; before, the text was copied, musl refuses",
      .help = "format binary numbers yourself",
      .refs = "https://sourceware.org/glibc/wiki/Release/2.35")
{
    observe("%s", print("%b", 5));
}

CHECK(printf_null, .id = "locale.printf.null", .says = "%s of NULL is (null), %p of NULL is (nil)",
      .why = "log texts; musl prints 0 for the pointer", .help = "never pass NULL to %s",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html")
{
    const char *text = print("%s", (char *)NULL);
    const char *cut = print("%.3s", (char *)NULL);
    const char *pointer = print("%p", (void *)NULL);

    observe("%s; \"%s\"; %s", text, cut, pointer);
}

CHECK(printf_rounding, .id = "locale.printf.rounding",
      .says = "floating point numbers are printed exactly and rounded to even",
      .why = "an emulator or a libc that is off by one digit falsifies figures",
      .help = "report it: this is a defect of the libc or the emulator",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/fprintf.html")
{
    const char *half = print("%.0f %.0f %.0f", 0.5, 1.5, 2.5);
    const char *tenth = print("%.20g", 0.1);
    const char *hex = print("%a", 0.1);

    observe("%s; %s; %s", half, tenth, hex);
}

CHECK(swprintf_short, .id = "locale.swprintf.short",
      .says = "swprintf without enough room gives -1 and E2BIG",
      .why = "glibc before 2.37 and musl leave errno alone: no reason to be seen",
      .help = "look at the result, not at errno",
      .refs = "https://sourceware.org/bugzilla/show_bug.cgi?id=27857")
{
    wchar_t text[3];
    int length, error;

    errno = 0;
    length = swprintf(text, 3, L"12345");
    error = errno;
    observe("%d %s", length, errno_name(error));
}

CHECK(scanf_prefix, .id = "locale.scanf.prefix",
      .says = "scanf takes unfinished numbers: 0x, 1.5e+",
      .why = "ISO C calls them errors; glibc 2.42 and musl do too",
      .help = "use strtol and look at the end pointer",
      .refs = "https://sourceware.org/bugzilla/show_bug.cgi?id=12701")
{
    unsigned whole = 0;
    float real = 0;
    int hex = sscanf("0x", "%x", &whole);        /* NOLINT(cert-err34-c) */
    int exponent = sscanf("1.5e+", "%f", &real); /* NOLINT(cert-err34-c) */

    observe("%d %d", hex, exponent);
}

CHECK(strtol_errno, .id = "locale.strtol.errno",
      .says = "strtol of a text without a number leaves errno alone",
      .why = "callers that look at errno only take musl's EINVAL for an error, or the other way",
      .help = "look at the end pointer",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/strtol.html")
{
    int empty, word, real;

    errno = 0;
    (void)strtol("", NULL, 10);
    empty = errno;
    errno = 0;
    (void)strtol("abc", NULL, 10);
    word = errno;
    errno = 0;
    (void)strtod("", NULL);
    real = errno;
    observe("%s %s; strtod %s", errno_name(empty), errno_name(word), errno_name(real));
}

CHECK(strtol_limits, .id = "locale.strtol.limits",
      .says = "a number too large gives the largest and ERANGE",
      .why = "sizes and limits read from texts", .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/strtoll.html")
{
    long long value;
    int error;

    errno = 0;
    value = strtoll("99999999999999999999", NULL, 10);
    error = errno;
    observe("%lld %s", value, errno_name(error));
}

struct pair {
    int key, place;
};

static int by_key(const void *a, const void *b)
{
    const struct pair *one = a, *other = b;

    return one->key - other->key;
}

CHECK(qsort_stable, .id = "locale.qsort.stable", .says = "qsort keeps the order of equal elements",
      .why = "nobody promises it, but reports and tests rely on glibc's merge sort",
      .help = "make the comparison total",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=commit;h=709fbd3ec3")
{
    struct pair pairs[64];
    bool stable = true;

    for (int i = 0; i < 64; i++)
        pairs[i] = (struct pair){i % 4, i};
    qsort(pairs, 64, sizeof(pairs[0]), by_key);
    for (int i = 1; i < 64; i++)
        stable =
            stable && (pairs[i].key != pairs[i - 1].key || pairs[i].place > pairs[i - 1].place);
    observe("%s", stable ? "stable" : "not stable");
}
