/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to characters: what is valid, what is refused. */
#include "probe.h"
#include "utf8.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void utf8_set(void)
{
    if (!setlocale(LC_ALL, "C.UTF-8"))
        skip("no C.UTF-8 here");
}

/* "4 bytes", "-2" (not finished) or the errno. */
static const char *decode(const char *bytes)
{
    static char texts[8][24];
    static unsigned next;
    char *text = texts[next++ % 8];
    mbstate_t state = {0};
    wchar_t wide = 0;
    size_t length = mbrtowc(&wide, bytes, strlen(bytes), &state);

    if (length == (size_t)-1)
        return errno_name(errno);
    snprintf(text, sizeof(texts[0]), "%d", (int)length);
    return text;
}

static int encode(unsigned long character)
{
    char bytes[16];
    mbstate_t state = {0};

    return (int)wcrtomb(bytes, (wchar_t)character, &state);
}

CHECK(mb_c_highbyte, .id = "locale.mb.c-highbyte",
      .says = "in the C locale bytes above 127 are no characters",
      .why = "musl maps them (U+DF80 to U+DFFF), as POSIX 2024 asks: binary data passes or fails",
      .help = "treat bytes as bytes, without mbrtowc",
      .refs = "https://austingroupbugs.net/view.php?id=663")
{
    const char *length = decode("\xe9");
    wint_t wide = btowc(0xe9);

    observe("mbrtowc %s; btowc %s; back %d", length,
            wide == WEOF     ? "WEOF"
            : wide == 0xdfe9 ? "dfe9"
                             : "other",
            encode(0xdfe9));
}

CHECK(mb_overlong, .id = "locale.mb.overlong",
      .says = "overlong forms, surrogates and stray bytes are EILSEQ in UTF-8",
      .why = "filters that miss them let ../ and quotes through",
      .help = "report it: this is a security defect of the libc",
      .refs = "https://www.rfc-editor.org/rfc/rfc3629", .needs = "c-utf8")
{
    const char *two, *three, *surrogate, *stray, *ff;

    utf8_set();
    two = decode("\xc0\x80");
    three = decode("\xe0\x80\x80");
    surrogate = decode("\xed\xa0\x80");
    stray = decode("\x80");
    ff = decode("\xff");
    observe("%s %s %s %s %s", two, three, surrogate, stray, ff);
}

CHECK(mb_beyond, .id = "locale.mb.beyond-10ffff",
      .says = "glibc takes characters beyond U+10FFFF, up to six bytes",
      .why = "text that glibc calls valid is refused by everything else",
      .help = "check the range of the characters yourself",
      .refs = "https://www.rfc-editor.org/rfc/rfc3629", .needs = "c-utf8")
{
    const char *four, *five, *six;

    utf8_set();
    four = decode("\xf4\x90\x80\x80");
    five = decode("\xf8\x88\x80\x80\x80");
    six = decode("\xfc\x84\x80\x80\x80\x80");
    observe("%s %s %s; back %d %d", four, five, six, encode(0x110000), encode(0x7fffffff));
}

CHECK(mb_partial, .id = "locale.mb.partial",
      .says = "half a character is -2, and mbsnrtowcs consumes it",
      .why = "readers of streams lose or repeat a byte at the end of a block",
      .help = "keep the rest of the block yourself",
      .refs = "https://git.musl-libc.org/cgit/musl/commit/?id=23febbd3", .needs = "c-utf8")
{
    const char *half, *source = "a\xc3";
    const char *start = source;
    mbstate_t state = {0};
    wchar_t wide[8];
    int count;

    utf8_set();
    half = decode("\xc3");
    count = (int)mbsnrtowcs(wide, &source, 2, 8, &state);
    observe("%s; %d; offset %d; initial %s", half, count, source ? (int)(source - start) : -1,
            mbsinit(&state) ? "yes" : "no");
}
