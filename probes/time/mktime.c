/* SPDX-License-Identifier: Apache-2.0 */
/* mktime: local time back to a moment. Each check is a process of its own, which matters: glibc
 * remembers the offset of the last call and starts its search there. */
#include "probe.h"
#include "zone.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>

/* As text; errno is set to 0 before, and shown when the answer is -1. */
static const char *moment_of(int year, int month, int day, int hour, int minute, int dst)
{
    static char texts[4][48];
    static unsigned next;
    char *text = texts[next++ % 4];
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_isdst = dst};
    time_t moment;

    errno = 0;
    moment = mktime(&tm);
    if (moment == (time_t)-1 && errno)
        snprintf(text, sizeof(texts[0]), "%s", errno_name(errno));
    else
        snprintf(text, sizeof(texts[0]), "%lld", (long long)moment);
    return text;
}

CHECK(gap_auto, .id = "time.mktime.gap-auto",
      .says = "a local time that the change to summer time skips is moved forward",
      .why = "glibc moves 02:30 to 03:30, musl to 01:30: schedulers run before or after the change",
      .help = "set tm_isdst, or schedule in UTC",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    zone_set(NEW_YORK);
    observe("%s", moment_of(2024, 3, 10, 2, 30, -1));
}

CHECK(gap_explicit, .id = "time.mktime.gap-explicit",
      .says = "with tm_isdst given, a skipped local time has one meaning",
      .why = "the portable way around the difference of gap-auto",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    const char *standard, *summer;

    zone_set(NEW_YORK);
    standard = moment_of(2024, 3, 10, 2, 30, 0);
    summer = moment_of(2024, 3, 10, 2, 30, 1);
    observe("standard %s; summer %s", standard, summer);
}

CHECK(overlap_auto, .id = "time.mktime.overlap-auto",
      .says = "a local time that happens twice means the first, whatever was asked before",
      .why = "glibc's answer depends on the call before: the same input gives two moments",
      .help = "set tm_isdst, or schedule in UTC",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    const char *fresh, *again;

    zone_set(NEW_YORK);
    fresh = moment_of(2024, 11, 3, 1, 30, -1);
    moment_of(2024, 1, 15, 12, 0, -1);
    again = moment_of(2024, 11, 3, 1, 30, -1);
    observe("fresh %s; after a winter date %s", fresh, again);
}

CHECK(overlap_explicit, .id = "time.mktime.overlap-explicit",
      .says = "with tm_isdst given, a local time that happens twice has one meaning",
      .why = "the portable way around the difference of overlap-auto",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    const char *standard, *summer;

    zone_set(NEW_YORK);
    summer = moment_of(2024, 11, 3, 1, 30, 1);
    standard = moment_of(2024, 11, 3, 1, 30, 0);
    observe("summer %s; standard %s", summer, standard);
}

CHECK(dst_without_dst, .id = "time.mktime.dst1-no-dst-zone",
      .says = "tm_isdst=1 in a zone without summer time takes an hour off",
      .why = "musl ignores the flag, some glibc releases fail with EOVERFLOW",
      .help = "set tm_isdst to -1",
      .refs = "https://github.com/erlang/otp/issues/7938 "
              "https://github.com/yugabyte/yugabyte-db/issues/8873")
{
    zone_set("UTC0");
    observe("%s", moment_of(2024, 7, 15, 12, 0, 1));
}

CHECK(normalise, .id = "time.mktime.normalise",
      .says = "fields out of their range are carried over",
      .why = "date arithmetic by adding to tm_mday and tm_mon relies on it",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    struct tm tm = {
        .tm_year = 124, .tm_mon = 13, .tm_mday = -31, .tm_hour = 25, .tm_min = 61, .tm_sec = 61};
    long long carried;
    const char *leap;

    zone_set("UTC0");
    carried = (long long)mktime(&tm);
    leap = moment_of(2023, 2, 29, 0, 0, 0);
    observe("%lld %04d-%02d-%02d; %s", carried, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, leap);
}

CHECK(minus_one, .id = "time.mktime.minus-one",
      .says = "the second before 1970 is -1 without an error",
      .why = "-1 alone does not tell an error: errno and tm_wday do",
      .help = "look at tm_wday after mktime",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    struct tm tm = {.tm_year = 69,
                    .tm_mon = 11,
                    .tm_mday = 31,
                    .tm_hour = 23,
                    .tm_min = 59,
                    .tm_sec = 59,
                    .tm_wday = -1};
    long long moment;

    zone_set("UTC0");
    errno = 0;
    moment = (long long)mktime(&tm);
    observe("%lld; errno %s; wday %d", moment, errno_name(errno), tm.tm_wday);
}

CHECK(overflow, .id = "time.mktime.overflow",
      .says = "a year that tm_year cannot hold is EOVERFLOW, in mktime and timegm",
      .why = "a wrapped year would pass as a valid date",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mktime.html")
{
    struct tm last = {
        .tm_year = INT_MAX, .tm_mon = 11, .tm_mday = 31, .tm_hour = 23, .tm_min = 59, .tm_sec = 60};
    struct tm copy = last;
    const char *local, *utc;
    long long first, second;

    zone_set("UTC0");
    errno = 0;
    first = (long long)mktime(&last);
    local = errno_name(errno);
    errno = 0;
    second = (long long)timegm(&copy);
    utc = errno_name(errno);
    observe("mktime %lld %s; timegm %lld %s", first, local, second, utc);
}

CHECK(year_zero, .id = "time.mktime.year-0", .says = "years 0 and 1800 are converted",
      .why = "32-bit time_t ends in 1901", .help = "build for 64-bit time_t",
      .refs = "https://musl.libc.org/time64.html")
{
    const char *zero, *later;

    zone_set("UTC0");
    zero = moment_of(0, 1, 1, 0, 0, 0);
    later = moment_of(1800, 1, 1, 0, 0, 0);
    observe("%s; %s", zero, later);
}
