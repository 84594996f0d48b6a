/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones. */
#include "harness/fact.h"

#include <string.h>

enum { ZONE_HEAD = 64, VERSION_TEXT = 256 };

static bool is_zone(const struct fact_scan *s, const char *path)
{
    size_t length;
    CLEANUP_FREE char *head = tree_read(s->root, path, ZONE_HEAD, &length);
    return head && length > 44 && memcmp(head, "TZif", 4) == 0;
}

static size_t count_zones(const struct fact_scan *s, const char *const *paths, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += is_zone(s, paths[i]);
    return found;
}

static const char *const zones[] = {
    "usr/share/zoneinfo/Etc/UTC", "usr/share/zoneinfo/Europe/Berlin",
    "usr/share/zoneinfo/America/New_York", "usr/share/zoneinfo/Asia/Kolkata",
    "usr/share/zoneinfo/Australia/Lord_Howe"};
enum { ZONE_COUNT = sizeof zones / sizeof *zones };

static void read_tzdata(const struct fact_scan *s, struct text *ret)
{
    size_t found = count_zones(s, zones, ZONE_COUNT);
    text_add(ret, found == 0 ? "absent" : found < ZONE_COUNT ? "partial" : "present");
}

static void read_legacy(const struct fact_scan *s, struct text *ret)
{
    static const char *const legacy[] = {"usr/share/zoneinfo/US/Eastern"};
    text_add(ret, count_zones(s, legacy, 1) == 1 ? "present" : "absent");
}

/* tzdata.zi begins with "# version 2024a"; some distributions have a file "+VERSION" instead. */
static void read_version(const struct fact_scan *s, struct text *ret)
{
    static const char mark[] = "# version ";
    CLEANUP_FREE char *compact =
        tree_read(s->root, "usr/share/zoneinfo/tzdata.zi", VERSION_TEXT, NULL);
    CLEANUP_FREE char *plain =
        tree_read(s->root, "usr/share/zoneinfo/+VERSION", VERSION_TEXT, NULL);
    const char *version = NULL;
    if (compact && strncmp(compact, mark, sizeof mark - 1) == 0)
        version = compact + sizeof mark - 1;
    else if (plain)
        version = plain;
    if (version)
        fact_add(ret, version, strcspn(version, "\n"));
    else
        text_add(ret, count_zones(s, zones, ZONE_COUNT) > 0 ? "unknown" : "absent");
}

static void read_localtime(const struct fact_scan *s, struct text *ret)
{
    CLEANUP_FREE char *target = tree_link(s->root, "etc/localtime");
    const char *zone = target ? strstr(target, "/zoneinfo/") : NULL;
    if (!fact_is_file(s, "etc/localtime", ret))
        return;
    if (!is_zone(s, "etc/localtime"))
        text_add(ret, "no zone");
    else if (!zone)
        text_add(ret, "file");
    else
        fact_add(ret, zone + strlen("/zoneinfo/"), strlen(zone + strlen("/zoneinfo/")));
}

static void read_timezone(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/timezone", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/timezone");
    const char *cursor = text ? text : "", *line;
    size_t length;
    if (fact_line(&cursor, &line, &length))
        fact_add(ret, line, length);
    else
        text_add(ret, "empty");
}

static void read_leap_seconds(const struct fact_scan *s, struct text *ret)
{
    static const char *const paths[] = {"usr/share/zoneinfo/leap-seconds.list", NULL};
    fact_presence(s, paths, ret);
}

const struct fact_reader facts_time[] = {
    {.name = "tzdata",
     .says = "time zone files in /usr/share/zoneinfo",
     .why = "without them TZ=Europe/Berlin silently means UTC",
     .help = "judged by five zones of four continents; install tzdata, or set TZ to a POSIX rule",
     .refs = "tzset(3)",
     .read = read_tzdata},
    {.name = "tzdata-version",
     .says = "the release of the time zone database",
     .why = "countries change their clocks several times a year; old data gives wrong local times",
     .refs = "https://www.iana.org/time-zones",
     .read = read_version},
    {.name = "tzdata-legacy",
     .says = "old names of time zones (US/Eastern)",
     .why =
         "Debian 13 and Ubuntu 24.04 moved them to tzdata-legacy; software that uses them gets UTC",
     .help = "use America/New_York, or install tzdata-legacy",
     .read = read_legacy},
    {.name = "leap-seconds",
     .says = "the list of leap seconds beside the time zones",
     .why = "TAI clocks and some databases read it",
     .read = read_leap_seconds},
    {.name = "localtime",
     .says = "the zone that /etc/localtime leads to",
     .why = "it is the local time of every program that runs without TZ",
     .refs = "localtime(5)",
     .read = read_localtime},
    {.name = "timezone",
     .says = "the first line of /etc/timezone",
     .why = "Java and others read the zone's name there, and it may contradict /etc/localtime",
     .read = read_timezone},
    {0},
};
