/* SPDX-License-Identifier: Apache-2.0 */
/* gmtime, asctime and the ends of the calendar. */
#include "probe.h"
#include "zone.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

CHECK(gmtime_zone, .id = "time.gmtime.zone", .says = "gmtime calls its zone GMT",
      .why = "musl says UTC: the same program writes another zone into its logs",
      .help = "print the zone's name yourself", .refs = "https://musl.libc.org/releases.html")
{
    time_t moment = 0;

    observe("%s", gmtime(&moment)->tm_zone);
}

CHECK(time_t_width, .id = "time.time_t.width", .says = "time_t holds moments after 19 January 2038",
      .why = "32-bit glibc programs end there unless built with _TIME_BITS=64",
      .help = "build with -D_TIME_BITS=64 -D_FILE_OFFSET_BITS=64 (glibc 2.34), or use musl 1.2",
      .refs = "https://sourceware.org/glibc/wiki/Y2038ProofnessDesign "
              "https://musl.libc.org/time64.html")
{
    struct tm tm = {.tm_year = 138, .tm_mday = 19, .tm_hour = 3, .tm_min = 14, .tm_sec = 8};
    long long moment;
    int error;

    errno = 0;
    moment = (long long)timegm(&tm);
    /* A conversion that went well may leave ENOENT behind, of a time zone file. */
    error = moment == -1 ? errno : 0;
    observe("%d bytes; %lld %s", (int)sizeof(time_t), moment, errno_name(error));
}

/* The year, or the errno. */
static const char *year_of(int64_t when)
{
    static char texts[4][32];
    static unsigned next;
    char *text = texts[next++ % 4];
    time_t moment = (time_t)when;
    struct tm tm;

    if (moment != when)
        return "time_t is 32 bits";
    errno = 0;
    if (gmtime_r(&moment, &tm))
        snprintf(text, sizeof(texts[0]), "tm_year %d", tm.tm_year);
    else
        snprintf(text, sizeof(texts[0]), "%s", errno_name(errno));
    return text;
}

CHECK(calendar_limits, .id = "time.calendar.limits",
      .says = "moments are converted up to the last year that tm_year can hold, then EOVERFLOW",
      .why = "a wrapped year would pass as a valid date",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/gmtime.html")
{
    const char *last = year_of(INT64_C(67768036191676799));
    const char *past = year_of(INT64_C(67768036191676800));
    const char *first = year_of(INT64_C(-67768040609740800));
    const char *before = year_of(INT64_C(-67768040609740801));

    observe("%s; %s; %s; %s", last, past, first, before);
}

static void asctime_10000(int out, void *unused)
{
    struct tm tm = {.tm_year = 10000 - 1900, .tm_mday = 1};
    const char *text;

    (void)unused;
    errno = 0;
    text = asctime(&tm); /* NOLINT(bugprone-unsafe-functions,cert-msc24-c,cert-msc33-c) */
    if (!text)
        text = errno_name(errno);
    if (write(out, text, strlen(text)) < 0)
        _exit(1);
}

CHECK(asctime_y10k, .id = "time.asctime.y10k", .says = "asctime writes a year of five digits",
      .why = "musl ends the program on purpose: its buffer has the 26 bytes of the standard",
      .help = "use strftime",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/time/__asctime.c")
{
    char text[64];
    const char *end = in_child(asctime_10000, NULL, text, sizeof(text));

    text[strcspn(text, "\n")] = '\0';
    /* Which signal the deliberate crash gives is a matter of the CPU. */
    observe("%s", strncmp(end, "SIG", 3) == 0 ? "crash" : text);
}

CHECK(ctime_overflow, .id = "time.ctime.overflow",
      .says = "ctime of a moment beyond the calendar fails with EINVAL",
      .why = "musl says EOVERFLOW; what matters is that neither crashes",
      .help = "check the result for NULL",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/ctime.html")
{
    int64_t when = INT64_C(1) << 56;
    time_t moment = (time_t)when;
    const char *text;

    if (moment != when) {
        observe("time_t is 32 bits");
        return;
    }
    errno = 0;
    text = ctime(&moment);
    observe("%s", text ? text : errno_name(errno));
}
