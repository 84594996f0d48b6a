/* SPDX-License-Identifier: Apache-2.0 */
/* Classes, case, width and order of characters. */
#include "probe.h"
#include "utf8.h"
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

CHECK(wctype_space, .id = "locale.wctype.space",
      .says = "U+2028 and U+3000 are white space; U+0085 and U+00A0 are not",
      .why = "trimming gives other results with musl", .help = "list the characters to be trimmed",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/ctype/iswspace.c", .needs = "c-utf8")
{
    utf8_set();
    observe("space %d %d %d %d; blank %d; graph %d", !!iswspace(0x85), !!iswspace(0xa0),
            !!iswspace(0x2028), !!iswspace(0x3000), !!iswblank(0x3000), !!iswgraph(0x3000));
}

CHECK(wctype_case, .id = "locale.wctype.case",
      .says = "upper and lower case follow Unicode's simple mappings",
      .why = "names compared without regard to case",
      .help = "use a Unicode library for case folding",
      .refs = "https://www.unicode.org/Public/UCD/latest/ucd/UnicodeData.txt", .needs = "c-utf8")
{
    utf8_set();
    observe("%lx %lx %lx %lx %lx", (unsigned long)towupper(0xdf), (unsigned long)towlower(0x1e9e),
            (unsigned long)towlower(0x130), (unsigned long)towupper(0x131),
            (unsigned long)towupper(0x3c2));
}

/* One letter that each version of Unicode brought. */
CHECK(wctype_unicode, .id = "locale.wctype.unicode",
      .says = "letters of Unicode 12, 14, 15 and 16 are known",
      .why = "new letters are refused in names and passwords, cut from lines, drawn wrong",
      .help = "update the libc, on glibc its locale files",
      .refs = "https://sourceware.org/glibc/wiki/Release/2.41", .needs = "c-utf8")
{
    utf8_set();
    observe("12 %s; 14 %s; 15 %s; 16 %s", iswalpha(0xa7ba) ? "yes" : "no",
            towlower(0x2c2f) == 0x2c5f ? "yes" : "no", iswalpha(0x31350) ? "yes" : "no",
            towlower(0x1c89) == 0x1c8a ? "yes" : "no");
}

CHECK(wcwidth_set, .id = "locale.wcwidth.set",
      .says = "combining marks have width 0, CJK, Hangul and emoji 2",
      .why = "tables, prompts and terminal programs line up by it", .help = "update the libc",
      .refs = "https://www.unicode.org/reports/tr11/", .needs = "c-utf8")
{
    utf8_set();
    observe("%d %d %d %d %d %d %d %d", wcwidth(0xa0), wcwidth(0x300), wcwidth(0x4e2d),
            wcwidth(0xac00), wcwidth(0x1160), wcwidth(0x1f600), wcwidth(0x200b), wcwidth(0xff01));
}

CHECK(wcwidth_unassigned, .id = "locale.wcwidth.unassigned",
      .says = "characters that do not exist and surrogates have no width (-1)",
      .why = "musl gives them width 1: columns move",
      .help = "filter such characters before printing",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/ctype/wcwidth.c", .needs = "c-utf8")
{
    utf8_set();
    observe("%d %d %d %d", wcwidth(0x378), wcwidth(0x2028), wcwidth((wchar_t)0xd800),
            wcwidth(0x40000));
}

CHECK(ctype_byte, .id = "locale.ctype.byte",
      .says = "single bytes above 127 are no letters, in C and in C.UTF-8",
      .why = "old Latin-1 code may not find letters in pieces of UTF-8",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/isalpha.html")
{
    int plain = !!isalpha(0xe9) + !!isprint(0xa0) + (toupper(0xe9) != 0xe9);

    setlocale(LC_ALL, "C.UTF-8");
    observe("%d; %d", plain, !!isalpha(0xe9) + !!isprint(0xa0) + (toupper(0xe9) != 0xe9));
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

CHECK(collate_cutf8, .id = "locale.collate.cutf8", .says = "C.UTF-8 sorts by code point",
      .why = "indexes of databases and sorted files must not change with the libc",
      .help = "glibc 2.35 and later sort strictly by code point; sort with LC_ALL=C before",
      .refs = "https://sourceware.org/glibc/wiki/Release/2.35 "
              "https://github.com/docker-library/postgres/issues/851",
      .needs = "c-utf8")
{
    utf8_set();
    observe("%d %d %d %d", sign(strcoll("a", "B")), sign(strcoll("\xc3\xa9", "f")),
            sign(strcoll("_", "a")), sign(strcoll("\xef\xbf\xbd", "\xf0\x90\x80\x80")));
}

CHECK(collate_c, .id = "locale.collate.c",
      .says = "the C locale sorts by byte, strxfrm keeps the text",
      .why = "the only order that is the same everywhere",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/strcoll.html")
{
    char changed[32] = "";
    size_t length = strxfrm(changed, "aB\xc3\xa9", sizeof(changed));

    observe("%d %d; %d %s", sign(strcoll("a", "B")), sign(strcoll("\xc3\xa9", "f")), (int)length,
            strcmp(changed, "aB\xc3\xa9") == 0 ? "same" : "changed");
}
