/* SPDX-License-Identifier: Apache-2.0 */
/* Where syslog(3) writes when /dev/log is not the datagram socket that it expects. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

static void log_to_stderr(void *data)
{
    (void)data;
    openlog("ident", LOG_PERROR, LOG_USER);
    syslog(LOG_INFO, "hello %d\n", 42);
}

CHECK(logging_syslog_perror, .id = "logging.syslog.perror",
      .says = "LOG_PERROR writes the record to stderr in one write, with one line end",
      .why = "records of several processes would be torn otherwise",
      .help = "a difference points to the libc",
      .refs = "https://man7.org/linux/man-pages/man3/syslog.3.html")
{
    char sizes[64], text[128];
    in_child_writes(2, log_to_stderr, NULL, sizes, sizeof sizes, text, sizeof text);
    observe("%s %s", sizes, text);
}

/* A record of our own, so that nothing need be waited for when syslog's was lost. */
static void send_the_end(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        write(fd, "<14>the end", 12) != 12)
        broken("cannot write to /dev/log: %s", errno_name(errno));
    close(fd);
}

CHECK(logging_syslog_stream_fallback, .id = "logging.syslog.stream-fallback",
      .says = "where /dev/log is a stream socket, syslog uses it",
      .why = "musl knows datagram sockets only: with rsyslog or syslog-ng set to unix-stream its "
             "records are lost",
      .help = "let the collector listen on a datagram socket",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/misc/syslog.c", .syslog = "stream")
{
    syslog(LOG_INFO, "hello");
    send_the_end();
    char record[256];
    if (ask_fixture("syslog 1000", record, sizeof record) < 0)
        broken("nothing arrived at /dev/log");
    observe("%s", strstr(record, "hello") ? "received" : "lost");
}

CHECK(
    logging_syslog_lost, .id = "logging.syslog.lost",
    .says = "without /dev/log, syslog does nothing and leaves errno alone",
    .why = "in most containers there is no /dev/log: what is logged there is gone without a trace",
    .help = "log to stdout, or bind a /dev/log into the container",
    .refs = "https://man7.org/linux/man-pages/man3/syslog.3.html", .syslog = "none")
{
    double start = now_seconds();
    openlog("ident", LOG_NDELAY, LOG_USER);
    errno = ENOENT;
    syslog(LOG_INFO, "hello");
    int error = errno;
    observe("errno %s, %d s", errno_name(error), whole_seconds(start));
}
