/* SPDX-License-Identifier: Apache-2.0 */
/* What most checks of the area have the libc do. The locale is "C" again afterwards; that glibc
 * keeps a locale it has loaded changes no answer, for all checks find the same files. */
#include "probe.h"
#include <iconv.h>
#include <locale.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void visit_regex(const char *pattern, int flags, const char *text)
{
    regex_t compiled;
    regmatch_t whole;

    if (regcomp(&compiled, pattern, flags) != 0)
        return;
    regexec(&compiled, text, 1, &whole, 0);
    regfree(&compiled);
}

/* Between sets that every glibc has built in: no module of the image is loaded, of which a static
 * one may die. */
static void visit_iconv(void)
{
    char text[] = "a\xc3\xa4", wide[16], *in = text, *out = wide;
    size_t left = 3, room = sizeof(wide);
    iconv_t state = iconv_open("UCS-4", "UTF-8");

    if (state == (iconv_t)-1)
        return;
    iconv(state, &in, &left, &out, &room);
    iconv_close(state);
}

static void visit_characters(void)
{
    char text[32];
    wchar_t wide[8];
    mbstate_t state = {0};

    mbrtowc(wide, "\xc3\xa4", 2, &state);
    mbstowcs(wide, "\xe2\x82\xac", 8);
    snprintf(text, sizeof(text), "%d %.2f %s", 1, strtod("1.5", NULL), "a");
}

void warm_up(void)
{
    setlocale(LC_ALL, "zz_ZZ.nowhere"); /* no check asks for it: a failure is remembered, too */
    if (setlocale(LC_ALL, "C.UTF-8"))
        visit_characters();
    setlocale(LC_ALL, "C");
    visit_iconv();
    visit_regex("(a|b)+[c-e]{1,2}$", REG_EXTENDED, "xabcd");
    visit_regex("\\(a\\)b*", 0, "ab");
}
