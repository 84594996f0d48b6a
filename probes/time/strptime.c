/* SPDX-License-Identifier: Apache-2.0 */
/* strptime: what is parsed, and which fields are worked out. */
#include "probe.h"
#include "zone.h"
#include <stdio.h>
#include <string.h>

/* "ok", "NULL", or what of the text is left over. */
static const char *parse(const char *text, const char *format, struct tm *tm)
{
    const char *rest;

    memset(tm, 0, sizeof(*tm));
    rest = strptime(text, format, tm);
    return !rest ? "NULL" : *rest ? rest : "ok";
}

CHECK(strptime_derived, .id = "time.strptime.derived",
      .says = "the weekday and the day of the year follow from the date",
      .why = "musl leaves both at 0: Sunday, 1 January", .help = "call timegm on the result",
      .refs = "https://github.com/openSUSE/snapper/issues/526")
{
    struct tm tm;
    const char *end = parse("2024-02-29", "%Y-%m-%d", &tm);

    observe("%s; wday %d; yday %d", end, tm.tm_wday, tm.tm_yday);
}

CHECK(strptime_date, .id = "time.strptime.date", .says = "%F and ISO 8601 weeks are parsed",
      .why = "musl up to 1.2.5 refuses them", .help = "spell out %Y-%m-%d",
      .refs = "https://git.musl-libc.org/cgit/musl/commit/?id=fced99e9")
{
    struct tm tm;
    const char *date = parse("2024-02-29", "%F", &tm);
    int day = tm.tm_mday;
    const char *week = parse("2024 09 4", "%G %V %u", &tm);

    observe("%%F %s day %d; week %s", date, day, week);
}

CHECK(strptime_offset, .id = "time.strptime.offset", .says = "%z parses +0530, +05:30 and Z",
      .why = "time stamps with an offset; musl up to 1.2.5 refuses all of them",
      .help = "parse the offset yourself",
      .refs = "https://github.com/wolfcw/libfaketime/issues/259 "
              "https://github.com/python/cpython/issues/146315")
{
    struct tm tm;
    const char *plain = parse("+0530", "%z", &tm);
    long east = tm.tm_gmtoff;
    const char *colon = parse("+05:30", "%z", &tm);
    const char *zulu = parse("Z", "%z", &tm);

    observe("+0530 %s %ld; +05:30 %s; Z %s", plain, east, colon, zulu);
}

CHECK(strptime_seconds, .id = "time.strptime.seconds",
      .says = "%s gives the fields of that moment in local time",
      .why = "musl parses nothing or ignores the number", .help = "use strtoll and localtime",
      .refs = "https://git.musl-libc.org/cgit/musl/commit/?id=fced99e9")
{
    struct tm tm;
    const char *end;

    zone_set("UTC0");
    end = parse("1720000000", "%s", &tm);
    observe("%s; %04d-%02d-%02d", end, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}

CHECK(strptime_gnu, .id = "time.strptime.gnu", .says = "%k, %l and a second of 61 are taken",
      .why = "musl refuses them", .help = "use %H and %I",
      .refs = "https://man7.org/linux/man-pages/man3/strptime.3.html")
{
    struct tm tm;
    const char *hour = parse(" 3", "%k", &tm);
    const char *twelve = parse(" 3", "%l", &tm);
    const char *leap = parse("61", "%S", &tm);

    observe("%%k %s; %%l %s; %%S 61 %s", hour, twelve, leap);
}

CHECK(strptime_order, .id = "time.strptime.order",
      .says = "PM before the hour counts as much as after it",
      .why = "musl forgets a PM that stands first: twelve hours off", .help = "put %p after %I",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/time/strptime.c")
{
    struct tm tm;
    int after, before;

    parse("03 PM", "%I %p", &tm);
    after = tm.tm_hour;
    parse("PM 03", "%p %I", &tm);
    before = tm.tm_hour;
    observe("after %d; before %d", after, before);
}

CHECK(getdate_unset, .id = "time.getdate.unset",
      .says = "getdate without DATEMSK fails with getdate_err 1",
      .why = "the one error that every caller has to expect", .help = "set DATEMSK",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/getdate.html")
{
    const struct tm *tm = getdate("10:30");

    observe("%s; getdate_err %d", tm ? "date" : "NULL", getdate_err);
}
