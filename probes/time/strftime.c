/* SPDX-License-Identifier: Apache-2.0 */
/* strftime: what each libc makes of conversions beyond ISO C. */
#include "probe.h"
#include "zone.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends "[result]" for each format; musl answers 0 bytes to what it does not know. */
static const char *all_of(const char *const *formats, const struct tm *tm)
{
    static char line[256];
    char one[64];
    size_t used = 0;

    line[0] = '\0';
    for (; *formats && used < sizeof(line); formats++) {
        if (strftime(one, sizeof(one), *formats, tm) == 0)
            strcpy(one, "");
        used += (size_t)snprintf(line + used, sizeof(line) - used, "[%s]", one);
    }
    return line;
}

#define ALL_OF(tm, ...) all_of((const char *const[]){__VA_ARGS__, NULL}, tm)

/* Friday, 5 January 2024, 07:08:09 */
static struct tm morning(void)
{
    struct tm tm = {.tm_year = 124,
                    .tm_mon = 0,
                    .tm_mday = 5,
                    .tm_hour = 7,
                    .tm_min = 8,
                    .tm_sec = 9,
                    .tm_wday = 5,
                    .tm_yday = 4};

    return tm;
}

CHECK(strftime_unknown, .id = "time.strftime.unknown",
      .says = "a conversion that strftime does not know is copied as it is",
      .why = "musl gives an empty string for the whole format: log lines without any date",
      .help = "use ISO C conversions only",
      .refs = "https://github.com/joke2k/faker/issues/1333 "
              "https://github.com/Dual-Life/Time-Piece/issues/76")
{
    struct tm tm = morning();

    observe("%s", ALL_OF(&tm, "%N", "%L", "%Q", "%f", "%!", "%Y%Q"));
}

CHECK(strftime_gnu, .id = "time.strftime.gnu", .says = "GNU's %P, %k, %l, %^a work",
      .why = "common in ported date formats; musl gives an empty string for them",
      .help = "use %p, %H, %I and change the case yourself",
      .refs = "https://man7.org/linux/man-pages/man3/strftime.3.html")
{
    struct tm tm = morning();

    observe("%s", ALL_OF(&tm, "%P", "%k", "%l", "%^a"));
}

CHECK(strftime_pad_flags, .id = "time.strftime.pad-flags",
      .says = "the flags -, _ and 0 change the padding",
      .why = "%-d is everywhere; musl before 1.1.19 gives an empty string",
      .help = "use a newer musl", .refs = "https://github.com/iron-io/dockers/issues/42")
{
    struct tm tm = morning();

    observe("%s", ALL_OF(&tm, "%-d", "%_d", "%0e", "%-m", "%-j", "%-I"));
}

CHECK(strftime_width, .id = "time.strftime.width", .says = "a width pads any conversion",
      .why = "musl pads years only: columns of reports move", .help = "pad with printf",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/strftime.html")
{
    struct tm tm = morning();

    observe("%s", ALL_OF(&tm, "%10Y", "%10d", "%10a", "%_5m", "%+5Y"));
}

CHECK(strftime_year_pad, .id = "time.strftime.year-pad",
      .says = "years are printed without padding or sign",
      .why = "musl pads to four digits and writes +10000: sorting and parsing differ",
      .help = "write the year with printf",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/strftime.html")
{
    struct tm tm = morning();
    char early[64];
    char late[64];

    tm.tm_year = 5 - 1900;
    snprintf(early, sizeof(early), "%s", ALL_OF(&tm, "%Y", "%F", "%C"));
    tm.tm_year = 10000 - 1900;
    snprintf(late, sizeof(late), "%s", ALL_OF(&tm, "%Y"));
    tm.tm_year = -50 - 1900;
    observe("5 %s; 10000 %s; -50 %s", early, late, ALL_OF(&tm, "%Y", "%C"));
}

CHECK(strftime_bad_fields, .id = "time.strftime.bad-fields",
      .says = "a weekday or month out of range is printed as ?",
      .why = "structures filled by hand; no libc may crash on them",
      .help = "check the fields first",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/strftime.html")
{
    struct tm tm = morning();

    tm.tm_wday = 9;
    tm.tm_mon = 13;
    observe("%s", ALL_OF(&tm, "%a", "%b"));
}

CHECK(strftime_foreign_zone, .id = "time.strftime.foreign-zone",
      .says = "%Z prints the name that the caller put into tm_zone",
      .why = "musl prints only names it made itself: bindings that fill tm_zone print nothing",
      .help = "print the zone's name yourself",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/time/__tz.c")
{
    struct tm foreign = morning();
    struct tm none = morning();
    char name[64];

    zone_set("CET-1CEST,M3.5.0,M10.5.0/3");
    foreign.tm_zone = "XYZ";
    none.tm_isdst = 1;
    snprintf(name, sizeof(name), "%s", ALL_OF(&foreign, "%Z"));
    observe("own %s; none %s", name, ALL_OF(&none, "%Z"));
}

CHECK(strftime_seconds, .id = "time.strftime.seconds",
      .says = "%s is the moment that mktime makes of the fields",
      .why = "musl takes tm_gmtoff: a structure filled by hand gives another moment",
      .help = "use mktime and printf",
      .refs = "https://github.com/canonical/cloud-init/issues/5158")
{
    struct tm tm = morning();
    time_t moment = SUMMER;
    char made[64];

    zone_set("JST-9");
    snprintf(made, sizeof(made), "%s", ALL_OF(localtime(&moment), "%s"));
    observe("by localtime %s; by hand %s", made, ALL_OF(&tm, "%s"));
}
