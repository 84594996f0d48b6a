/* SPDX-License-Identifier: Apache-2.0 */
/* TZ as a POSIX rule: needs no file, so these hold in every image. */
#include "probe.h"
#include "zone.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

CHECK(tz_norule_dst, .id = "time.tz.norule-dst",
      .says = "a zone with a summer name and no rule (EST5EDT) is in winter time in January",
      .why = "musl keeps summer time all year: wrong by an hour all winter, silently",
      .help = "write the rule: EST5EDT,M3.2.0,M11.1.0; or name the place: America/New_York",
      .refs = "https://github.com/InterNetNews/inn/issues/200 "
              "https://github.com/ksh93/ksh/pull/1008")
{
    observe("%s; %s; %s", zone_offset("EST5EDT", WINTER), zone_offset("CET-1CEST", WINTER),
            zone_offset("FOO3BAR", WINTER));
}

CHECK(tz_posix_rule, .id = "time.tz.posix-rule", .says = "a full POSIX rule works without any file",
      .why = "the only form of TZ that works in every image",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html")
{
    observe("%s; %s", zone_date(NEW_YORK, SUMMER), zone_date(NEW_YORK, WINTER));
}

CHECK(tz_far_future_rule, .id = "time.far-future.rule", .says = "a POSIX rule holds in 2100",
      .why = "certificates and schedules; a 32-bit time_t ends in 2038",
      .help = "build for 64-bit time_t", .refs = "https://musl.libc.org/time64.html")
{
    observe("%s", zone_date(NEW_YORK, 4118083200));
}

CHECK(tz_quoted, .id = "time.tz.quoted",
      .says = "quoted zone names and negative hours of change are understood",
      .why = "the footers of today's zone files use both (Tehran, Nuuk)",
      .help = "use a newer libc (musl before 1.1.16 misread them)",
      .refs = "https://musl.libc.org/releases.html")
{
    static const char nuuk[] = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0";

    observe("%s; %s; %s", zone_time("<+0330>-3:30", SUMMER), zone_date(nuuk, 1711846799),
            zone_date(nuuk, 1711846800));
}

CHECK(tz_ext_hours, .id = "time.tz.ext-hours", .says = "hours of change beyond 24 are understood",
      .why = "Israel's rule says \"Thursday before\" by 26 hours", .help = "use a newer libc",
      .refs = "https://www.rfc-editor.org/rfc/rfc9636")
{
    static const char israel[] = "IST-2IDT,M3.4.4/26,M10.5.0";

    observe("%s; %s", zone_date(israel, 1711670399), zone_date(israel, 1711670400));
}

CHECK(tz_jday, .id = "time.tz.jday",
      .says = "days of change as Jn leave out 29 February, as n they count it",
      .why = "off by one day in leap years", .help = "use Mm.w.d rules",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html")
{
    observe("%s; %s; %s", zone_time("XST3XDT,J60/0,J300/0", 1709261999),
            zone_time("XST3XDT,J60/0,J300/0", 1709262000),
            zone_date("XST3XDT,59/0,300/0", 1709175600));
}

CHECK(tz_negative_dst, .id = "time.tz.negative-dst",
      .says = "a rule whose summer time is behind its standard time is understood",
      .why = "Ireland's rule; software that takes DST for the later time breaks",
      .help = "use tm_gmtoff, not tm_isdst",
      .refs = "https://data.iana.org/time-zones/tz-link.html")
{
    static const char dublin[] = "IST-1GMT0,M10.5.0,M3.5.0/1";

    observe("%s; %s", zone_dst(dublin, WINTER), zone_dst(dublin, SUMMER));
}

CHECK(tz_perm_dst, .id = "time.tz.perm-dst",
      .says = "permanent summer time (0/0,J365/25) also holds around New Year",
      .why = "glibc looks at the rule of the year in UTC only, hours near New Year are wrong",
      .help = "name the zone by its place", .refs = "https://www.rfc-editor.org/rfc/rfc9636")
{
    static const char rule[] = "EST5EDT4,0/0,J365/25";

    observe("%s; %s", zone_dst(rule, WINTER), zone_dst(rule, SUMMER));
}

CHECK(tz_name_length, .id = "time.tz.name-length", .says = "a long zone name is kept whole",
      .why = "musl cuts names to six bytes; programs that look for them fail",
      .help = "use names of three to six letters", .refs = "https://musl.libc.org/releases.html")
{
    long most = sysconf(_SC_TZNAME_MAX);

    observe("%s; TZNAME_MAX %ld", zone_offset("ABCDEFGHIJKL5", WINTER), most);
}

CHECK(tz_invalid, .id = "time.tz.invalid-forms",
      .says = "a two-letter zone is refused, an offset over 24 hours is cut to 24",
      .why = "how far a typing error carries differs between the libcs",
      .help = "write a valid rule",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html")
{
    const char *two_letters = zone_offset("AB3", WINTER);

    zone_set("XXX25");
    observe("%s; timezone %ld", two_letters, timezone);
}

CHECK(tzname_nodst, .id = "time.tzname.nodst",
      .says = "in a zone without summer time tzname[1] repeats tzname[0]",
      .why = "musl leaves it empty; bindings that read both names stumble",
      .help = "look at daylight before tzname[1]",
      .refs = "https://github.com/TooTallNate/node-time/issues/94")
{
    char utc[16];

    zone_set("UTC0");
    strncpy(utc, tzname[1], sizeof(utc) - 1);
    utc[sizeof(utc) - 1] = '\0';
    zone_set("<+03>-3");
    observe("\"%s\" \"%s\" daylight %d", utc, tzname[1], daylight);
}

CHECK(tz_reread, .id = "time.tz.reread",
      .says = "localtime_r does not look at a TZ that changed without tzset",
      .why = "POSIX leaves it open; musl does look, libraries rely on either",
      .help = "call tzset after each change of TZ",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/localtime.html")
{
    time_t moment = SUMMER;
    struct tm before, after;
    int hour;

    zone_set("UTC0");
    setenv("TZ", "JST-9", 1);
    localtime_r(&moment, &before);
    hour = before.tm_hour;
    localtime(&moment);
    localtime_r(&moment, &after);
    observe("localtime_r %d; after localtime %d", hour, after.tm_hour);
}

CHECK(tm_zone_lifetime, .id = "time.tm-zone.lifetime",
      .says = "tm_zone still names its zone after TZ has changed",
      .why = "musl's points to a buffer that the next tzset overwrites: wrong names in logs",
      .help = "copy tm_zone when it is to outlive the next tzset",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/time/__tz.c")
{
    time_t moment = SUMMER;
    struct tm tm;

    zone_set("AAA1");
    localtime_r(&moment, &tm);
    zone_set("BBB2");
    observe("%s", tm.tm_zone);
}
