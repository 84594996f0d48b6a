/* SPDX-License-Identifier: Apache-2.0 */
/* What happens meanwhile, on stderr: one line that moves on a terminal, plain lines elsewhere. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool quiet, terminal, open_line;
    size_t shown;      /* quarters already told, off a terminal */
    uint64_t shown_at; /* when bytes were told last, on a terminal: milliseconds */
};

void progress_init(struct progress *p, bool quiet);
void progress_say(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* a whole line */
void progress_count(struct progress *p, size_t done, size_t all, const char *what);
/* Several times a second at the most on a terminal, elsewhere once all is there. */
void progress_bytes(struct progress *p, uint64_t done, uint64_t all, const char *what);
void progress_end(struct progress *p); /* clears the moving line */
