/* SPDX-License-Identifier: Apache-2.0 */
/* What syslog(3) sends to /dev/log. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define MUSL_SYSLOG "https://git.musl-libc.org/cgit/musl/tree/src/misc/syslog.c"

static char record[65536];

/* The next record that arrived. */
static const char *must_receive(void)
{
    if (ask_fixture("syslog 1000", record, sizeof record) < 0)
        broken("nothing arrived at /dev/log");
    return record;
}

/* The part behind "<PRI>Mmm dd hh:mm:ss ". */
static char *behind_header(void)
{
    char *end = strchr(record, '>');
    if (!end || strlen(end) < 17)
        broken("a record without header: %.60s", record);
    return end + 17;
}

/* A record with what differs every time replaced by a word. */
static const char *normal_form(void)
{
    static char text[256];
    char pid[32], *rest = behind_header(), *found;
    snprintf(pid, sizeof pid, "[%d]", (int)getpid());
    int priority = (int)(strchr(record, '>') - record) + 1;
    found = strstr(rest, pid);
    if (found)
        snprintf(text, sizeof text, "%.*sTIME %.*s[PID]%s", priority, record, (int)(found - rest),
                 rest, found + strlen(pid));
    else
        snprintf(text, sizeof text, "%.*sTIME %s", priority, record, rest);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* Minutes since midnight in the record's time. */
static int record_minutes(void)
{
    int hours, minutes;
    const char *end = strchr(record, '>');
    if (!end || sscanf(end, ">%*3s %*d %d:%d:", &hours, &minutes) != 2)
        broken("a record without time: %.60s", record);
    return hours * 60 + minutes;
}

/* Are the record's minutes since midnight those of now, in a zone so far east of Greenwich? */
static bool is_time_of_zone(int minutes, int zone_minutes)
{
    int now = (int)(time(NULL) / 60 % 1440);
    int late = (now + zone_minutes - minutes + 2 * 1440) % 1440;
    return late <= 5 || late >= 1435;
}

CHECK(logging_syslog_timestamp_zone, .id = "logging.syslog.timestamp-zone",
      .says = "the time in a record is local time",
      .why = "musl always writes UTC: records of Alpine containers are hours off on a host in "
             "another zone",
      .help = "let the collector use the time of receipt, or run everything in UTC",
      .refs = MUSL_SYSLOG " https://github.com/syslog-ng/syslog-ng/issues/1581",
      .environment = "TZ=XXX-5\n")
{
    syslog(LOG_INFO, "hello");
    must_receive();
    int minutes = record_minutes();
    observe("%s", is_time_of_zone(minutes, 300) ? "local time"
                  : is_time_of_zone(minutes, 0) ? "UTC"
                                                : "another time");
}

static int line_ends(const char *message)
{
    int count = 0;
    syslog(LOG_INFO, "%s", message);
    for (const char *c = must_receive(); *c; c++)
        count += *c == '\n';
    return count;
}

CHECK(
    logging_syslog_newline, .id = "logging.syslog.newline",
    .says = "syslog adds no line end to a message",
    .why = "musl ends every record with a line end: parsers and multi-line joins see a difference",
    .help = "let the collector strip the final line end", .refs = MUSL_SYSLOG)
{
    int none = line_ends("message"), one = line_ends("message\n"), two = line_ends("message\n\n");
    observe("line ends: of none %d, of one %d, of two %d", none, one, two);
}

CHECK(logging_syslog_format, .id = "logging.syslog.format",
      .says = "a record is <PRI>TIME IDENT[PID]: text, without a host name; %m is errno's text",
      .why = "collectors parse it", .help = "a difference points to the libc",
      .refs = "https://datatracker.ietf.org/doc/html/rfc3164")
{
    openlog("ident", LOG_PID, LOG_LOCAL0);
    errno = ENOENT;
    syslog(LOG_WARNING, "file: %m");
    must_receive();
    observe("%s", normal_form());
}

CHECK(logging_syslog_default_ident, .id = "logging.syslog.default-ident",
      .says = "without openlog the ident is the program's name",
      .why = "with musl it is empty, and records cannot be told apart",
      .help = "call openlog with an ident", .refs = MUSL_SYSLOG)
{
    char named[128];
    syslog(LOG_INFO, "hello");
    must_receive();
    const char *rest = behind_header();
    snprintf(named, sizeof named, "%s: hello", program_invocation_short_name);
    observe("%s", !strncmp(rest, named, strlen(named)) ? "the program's name"
                  : !strncmp(rest, ": hello", 7)       ? "empty"
                                                       : "another");
}

CHECK(logging_syslog_ident_max, .id = "logging.syslog.ident-max",
      .says = "an ident of 52 characters is sent whole",
      .why = "musl cuts it at 31: long names of units or pods become equal",
      .help = "keep idents below 32 characters", .refs = MUSL_SYSLOG)
{
    char ident[53];
    memset(ident, 'i', 52);
    ident[52] = '\0';
    openlog(ident, 0, LOG_USER);
    syslog(LOG_INFO, "hello");
    must_receive();
    observe("%zu characters", strspn(behind_header(), "i"));
}

CHECK(logging_syslog_ident_copy, .id = "logging.syslog.ident-copy",
      .says = "openlog keeps the pointer to the ident, not a copy",
      .why = "glibc sends what the buffer holds later (or reads freed memory), musl what it held",
      .help = "give openlog a string that lives as long as the program",
      .refs = "https://man7.org/linux/man-pages/man3/syslog.3.html")
{
    char ident[] = "before";
    openlog(ident, 0, LOG_USER);
    memcpy(ident, "change", 6);
    syslog(LOG_INFO, "hello");
    must_receive();
    observe("%.6s", behind_header());
}

/* How many bytes of a message of that length arrive. */
static size_t arrives(size_t length)
{
    static char message[20001];
    memset(message, 'x', length);
    message[length] = '\0';
    openlog("i", 0, LOG_USER);
    syslog(LOG_INFO, "%s", message);
    const char *start = strchr(must_receive(), 'x');
    return start ? strspn(start, "x") : 0;
}

CHECK(logging_syslog_max_len, .id = "logging.syslog.max-len",
      .says = "messages of 3000 and 20000 bytes are sent whole",
      .why = "musl cuts a record at 1024 bytes, header included: JSON and audit records are torn",
      .help = "keep records short, or log to stdout", .refs = MUSL_SYSLOG)
{
    size_t small = arrives(500), middle = arrives(3000);
    observe("500: %zu, 3000: %zu, 20000: %zu", small, middle, arrives(20000));
}

CHECK(logging_syslog_bad_priority, .id = "logging.syslog.bad-priority",
      .says = "a priority with unknown bits is reported, and the message sent",
      .why = "musl drops the message without a word", .help = "use the LOG_ constants only",
      .refs = MUSL_SYSLOG)
{
    syslog(LOG_INFO | 0x10000, "hello");
    syslog(LOG_INFO, "the end"); /* so that nothing need be waited for */
    int records = 0;
    bool sent = false;
    for (; !strstr(must_receive(), ": the end"); records++)
        sent = sent || strstr(record, ": hello");
    observe("%d records, message %s", records, sent ? "sent" : "dropped");
}

CHECK(logging_syslog_mask, .id = "logging.syslog.mask",
      .says = "setlogmask drops what is less important and keeps the rest",
      .why = "it is how programs turn debug records off", .help = "a difference points to the libc",
      .refs = "https://man7.org/linux/man-pages/man3/setlogmask.3.html")
{
    openlog("ident", 0, LOG_USER);
    int first = setlogmask(LOG_UPTO(LOG_WARNING));
    syslog(LOG_DEBUG, "dropped");
    syslog(LOG_ERR, "kept");
    must_receive();
    observe("first mask 0x%x, %s", (unsigned)first, normal_form());
}
