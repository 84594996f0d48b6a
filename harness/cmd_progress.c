/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void progress_init(struct progress *p, bool quiet)
{
    const char *term = getenv("TERM");
    *p = (struct progress){.quiet = quiet};
    p->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !getenv("CI");
}

void progress_end(struct progress *p)
{
    if (p->open_line)
        fputs("\r\033[K", stderr);
    p->open_line = false;
}

void progress_say(struct progress *p, const char *format, ...)
{
    if (p->quiet)
        return;
    progress_end(p);
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void progress_count(struct progress *p, size_t done, size_t all, const char *what)
{
    if (p->quiet || all == 0)
        return;
    if (p->terminal) {
        fprintf(stderr, "\r\033[K%zu of %zu %s", done, all, what);
        p->open_line = true;
    } else if (done * 4 / all > p->shown) { /* a quarter at a time is enough for a log */
        p->shown = done * 4 / all;
        fprintf(stderr, "%zu of %zu %s\n", done, all, what);
    }
}

static uint64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void progress_bytes(struct progress *p, uint64_t done, uint64_t all, const char *what)
{
    enum { INTERVAL = 200 };
    double megabyte = 1e6;
    if (p->quiet || all == 0)
        return;
    if (!p->terminal) {
        if (done == all)
            fprintf(stderr, "%.1f MB %s\n", (double)all / megabyte, what);
        return;
    }
    uint64_t now = milliseconds();
    if (now - p->shown_at < INTERVAL && done != all)
        return;
    p->shown_at = now;
    p->open_line = true;
    fprintf(stderr, "\r\033[K%.1f of %.1f MB %s", (double)done / megabyte, (double)all / megabyte,
            what);
}
