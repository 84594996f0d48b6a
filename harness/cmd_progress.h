/* SPDX-License-Identifier: Apache-2.0 */
/* What happens meanwhile, on stderr: one line that moves on a terminal, plain lines elsewhere. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct progress {
    bool quiet, terminal, open_line;
    size_t shown; /* quarters already told, off a terminal */
};

void progress_init(struct progress *p, bool quiet);
void progress_say(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* a whole line */
void progress_count(struct progress *p, size_t done, size_t all, const char *what);
void progress_end(struct progress *p); /* clears the moving line */
