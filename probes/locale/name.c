/* SPDX-License-Identifier: Apache-2.0 */
/* Locales by name: which exist, and how a refusal looks. */
#include "probe.h"
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *shown(const char *name)
{
    return name ? name : "NULL";
}

/* The name's first character set, and how long a character may be. */
static const char *set_all(const char *name)
{
    static char text[200];
    const char *set = setlocale(LC_ALL, name);

    if (!set)
        return "NULL";
    snprintf(text, sizeof(text), "%s; %s; %d", set, nl_langinfo(CODESET), (int)MB_CUR_MAX);
    return text;
}

CHECK(c_codeset, .id = "locale.c.codeset",
      .says = "a program that never calls setlocale has the C locale with its ASCII character set",
      .why = "runtimes (Python, Perl) take the name of the character set for their defaults",
      .help = "call setlocale, or set the encoding explicitly",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/nl_langinfo.html")
{
    observe("%s; %d", nl_langinfo(CODESET), (int)MB_CUR_MAX);
}

CHECK(cutf8_present, .id = "locale.cutf8.present", .says = "the locale C.UTF-8 exists",
      .why = "without it programs fall back to ASCII: mojibake, UnicodeEncodeError",
      .help = "install the file (libc-bin has it on Debian), it is not built into glibc",
      .refs = "https://github.com/CentOS/sig-cloud-instance-images/issues/154 "
              "https://github.com/pgcentralfoundation/pgrx/pull/884",
      .needs = "c-utf8")
{
    observe("%s", set_all("C.UTF-8"));
}

CHECK(cutf8_spelling, .id = "locale.cutf8.spelling",
      .says = "C.utf8 means C.UTF-8; c.utf-8 does not",
      .why = "settings copied from one system name a locale that another does not have",
      .help = "write C.UTF-8", .refs = "https://sourceware.org/glibc/wiki/Release/2.35",
      .needs = "c-utf8")
{
    const char *lower = setlocale(LC_ALL, "C.utf8") ? "ok" : "NULL";
    const char *all = setlocale(LC_ALL, "c.utf-8") ? "ok" : "NULL";

    observe("C.utf8 %s; c.utf-8 %s", lower, all);
}

CHECK(name_bogus, .id = "locale.name.bogus",
      .says = "a locale that does not exist is refused with ENOENT",
      .why = "musl takes any name: programs cannot tell that a locale is missing",
      .help = "do not rely on setlocale to tell whether a locale is installed",
      .refs = "https://github.com/docker-library/postgres/issues/1082")
{
    const char *name;
    int error;
    locale_t made;

    errno = 0;
    name = setlocale(LC_ALL, "xx_YY.bogus");
    error = name ? 0 : errno;
    made = newlocale(LC_ALL_MASK, "xx_YY", (locale_t)0);
    observe("%s %s; newlocale %s", shown(name), errno_name(error), made ? "ok" : "NULL");
}

CHECK(name_path, .id = "locale.name.path", .says = "a path is refused as the name of a locale",
      .why = "a name from outside must not open files elsewhere",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/setlocale.html")
{
    observe("%s", shown(setlocale(LC_ALL, "../x")));
}

CHECK(name_8bit, .id = "locale.name.8bit",
      .says = "en_US.ISO-8859-1 has its own character set, or is refused",
      .why = "musl accepts the name and goes on in UTF-8",
      .help = "convert with iconv, not with the locale",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html",
      .needs = "locales")
{
    const char *name = setlocale(LC_ALL, "en_US.ISO-8859-1");

    observe("%s", name ? nl_langinfo(CODESET) : "NULL");
}

CHECK(name_posix, .id = "locale.name.posix", .says = "POSIX is another name of C",
      .why = "programs compare the returned name with C",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/setlocale.html")
{
    observe("%s", shown(setlocale(LC_ALL, "POSIX")));
}

CHECK(mixed_format, .id = "locale.mixed.format",
      .says = "a mixed locale is named LC_CTYPE=...;LC_NUMERIC=...; and can be set again by that",
      .why = "programs that take the text apart find musl's list of six names",
      .help = "pass the text back to setlocale, do not parse it",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html",
      .needs = "c-utf8")
{
    char first[400];
    const char *name, *again;
    char *semicolon;
    bool same;

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        skip("no C.UTF-8 here");
    name = setlocale(LC_ALL, NULL);
    snprintf(first, sizeof(first), "%s", shown(name));
    setlocale(LC_ALL, "C");
    again = setlocale(LC_ALL, first);
    same = again && strcmp(again, first) == 0;
    semicolon = strchr(first, ';');
    if (semicolon && strchr(semicolon + 1, ';'))
        *strchr(semicolon + 1, ';') = '\0';
    observe("%s; ...; set again: %s", first, same ? "same" : "differs");
}

CHECK(category_count, .id = "locale.category.count",
      .says = "there are categories beyond those of POSIX",
      .why = "LC_PAPER and its like do not compile or fail with musl",
      .help = "guard them with #ifdef",
      .refs = "https://man7.org/linux/man-pages/man7/locale.7.html")
{
    const char *fifth = setlocale(5, "C") ? "ok" : "NULL";
    const char *seventh = setlocale(7, "C") ? "ok" : "NULL";

    observe("category 5 %s; 7 %s", fifth, seventh);
}

CHECK(uselocale_thread, .id = "locale.uselocale",
      .says = "uselocale changes the thread's locale and leaves the global one alone",
      .why = "libraries switch to UTF-8 or C for a moment by it",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/uselocale.html",
      .needs = "c-utf8")
{
    bool global = uselocale((locale_t)0) == LC_GLOBAL_LOCALE;
    locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    if (!made)
        skip("no C.UTF-8 here");
    uselocale(made);
    observe("global %s; %s; long characters %s", global ? "yes" : "no",
            shown(setlocale(LC_ALL, NULL)), MB_CUR_MAX > 1 ? "yes" : "no");
}

CHECK(langinfo_c, .id = "locale.langinfo.c", .says = "the C locale's formats are glibc's texts",
      .why = "programs print them; musl writes others of the same meaning",
      .help = "compare results, not formats",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/nl_langinfo.html")
{
    observe("[%s] [%s] [%s] [%s]", nl_langinfo(D_T_FMT), nl_langinfo(CRNCYSTR),
            nl_langinfo(ERA_D_FMT), nl_langinfo(RADIXCHAR));
}

CHECK(localeconv_c, .id = "locale.localeconv.c",
      .says = "the C locale has a point, no grouping and no currency",
      .why = "number formatting starts from it", .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/localeconv.html")
{
    const struct lconv *c = localeconv();

    observe("\"%s\" \"%s\" \"%s\" %s", c->decimal_point, c->thousands_sep, c->grouping,
            c->frac_digits == CHAR_MAX ? "CHAR_MAX" : "other");
}
