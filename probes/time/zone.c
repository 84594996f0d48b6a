/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as a time zone shows them. */
#include "zone.h"
#include "probe.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS = 8, TEXT_SIZE = 96 };

void zone_set(const char *tz)
{
    int failed = tz ? setenv("TZ", tz, 1) : unsetenv("TZ");

    if (failed)
        broken("TZ cannot be set");
    tzset();
}

/* musl's strftime gives up on a name it did not make itself, so each field is asked for alone. */
static void append(char *text, const char *format, const struct tm *tm)
{
    char field[TEXT_SIZE] = "";
    size_t used = strlen(text);

    if (strftime(field, sizeof(field), format, tm) == 0)
        strcpy(field, "\"\"");
    snprintf(text + used, TEXT_SIZE - used, "%s%s", used ? " " : "", field);
}

static const char *show(const char *tz, int64_t when, const char *first, const char *second,
                        bool with_dst)
{
    static char texts[TEXTS][TEXT_SIZE];
    static unsigned next;
    char *text = texts[next++ % TEXTS];
    time_t moment = (time_t)when;
    struct tm *tm;

    text[0] = '\0';
    if (moment != when)
        return "time_t is 32 bits";
    zone_set(tz);
    tm = localtime(&moment);
    if (!tm)
        return "NULL";
    if (first)
        append(text, first, tm);
    if (second)
        append(text, second, tm);
    append(text, "%Z", tm);
    append(text, "%z", tm);
    if (with_dst)
        snprintf(text + strlen(text), TEXT_SIZE - strlen(text), " dst %d", tm->tm_isdst);
    return text;
}

const char *zone_time(const char *tz, int64_t when)
{
    return show(tz, when, NULL, "%H:%M:%S", false);
}

const char *zone_date(const char *tz, int64_t when)
{
    return show(tz, when, "%Y-%m-%d", "%H:%M:%S", false);
}

const char *zone_offset(const char *tz, int64_t when)
{
    return show(tz, when, NULL, NULL, false);
}

const char *zone_dst(const char *tz, int64_t when)
{
    return show(tz, when, NULL, NULL, true);
}

/* RFC 9636: an empty version 1 block, as slim files have it, then one type and the footer. */
void zone_write_file(const char *path)
{
    static const char file[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1"
                               "\0\0\0\0\0\0\0"
                               "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
                               "\0\0\x46\x50\0\0PRB\0"
                               "\nPRB-5\n";
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);

    if (fd < 0 || write(fd, file, sizeof(file) - 1) != (ssize_t)sizeof(file) - 1)
        broken("cannot write %s", path);
    close(fd);
}

/* A zone of which no check asks, should the image have it, and one that needs no file. No mktime():
 * in gaps glibc's answer depends on what it was asked before. */
void warm_up(void)
{
    struct tm tm = {.tm_year = 126, .tm_mon = 5, .tm_mday = 1};
    char text[TEXT_SIZE];

    zone_time("Antarctica/Troll", SUMMER);
    zone_date(NEW_YORK, SUMMER);
    if (strftime(text, sizeof(text), "%a %d %b %Y %H:%M:%S", &tm) > 0)
        strptime(text, "%a %d %b %Y %H:%M:%S", &tm);
    unsetenv("TZ");
}
