/* SPDX-License-Identifier: Apache-2.0 */
/* What setlocale(LC_ALL, "") makes of LANG, LC_CTYPE and LC_ALL. */
#include "probe.h"
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/* NULL leaves a variable out. */
static const char *take(const char *lang, const char *ctype, const char *all)
{
    const char *names[] = {"LANG", "LC_CTYPE", "LC_ALL"}, *values[] = {lang, ctype, all};

    setlocale(LC_ALL, "C");
    for (int i = 0; i < 3; i++)
        if (values[i] ? setenv(names[i], values[i], 1) : unsetenv(names[i]))
            broken("%s cannot be set", names[i]);
    return setlocale(LC_ALL, "");
}

static const char *width(void)
{
    return MB_CUR_MAX > 1 ? "long" : "single";
}

CHECK(env_default, .id = "locale.env.default",
      .says = "without LANG and LC_* the locale is C, in ASCII",
      .why = "musl gives UTF-8: what works there is mojibake on glibc", .help = "set LANG=C.UTF-8",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html")
{
    const char *name = take(NULL, NULL, NULL);

    observe("%s; %s; %d", name ? name : "NULL", nl_langinfo(CODESET), (int)MB_CUR_MAX);
}

CHECK(env_one_bad, .id = "locale.env.one-bad",
      .says = "one variable that names a missing locale makes all of setlocale fail",
      .why = "ssh passes LC_* of the user's machine into slim images: everything falls back to C",
      .help = "unset LC_* at login, or set LC_ALL", .refs = "https://wiki.debian.org/Locale",
      .needs = "c-utf8")
{
    const char *name = take("C.UTF-8", "xx_YY", NULL);

    observe("%s; %s characters", name ? name : "NULL", width());
}

CHECK(env_precedence, .id = "locale.env.precedence",
      .says = "LC_ALL counts before LC_CTYPE, LC_CTYPE before LANG; an empty one does not count",
      .why = "images set one of them, users another", .help = "set LC_ALL to override everything",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html",
      .needs = "c-utf8")
{
    const char *all, *ctype, *empty;

    if (!take("C.UTF-8", NULL, NULL))
        skip("no C.UTF-8 here");
    take("C.UTF-8", NULL, "C");
    all = width();
    take("C.UTF-8", "C", NULL);
    ctype = width();
    take("C.UTF-8", NULL, "");
    empty = width();
    observe("LC_ALL=C %s; LC_CTYPE=C %s; LC_ALL= %s", all, ctype, empty);
}
