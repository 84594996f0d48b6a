/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
