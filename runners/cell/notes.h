/* SPDX-License-Identifier: Apache-2.0 */
/* What the cell has to do without, for people: "sys: cannot mount ...". */
#pragma once
#include "harness/base/error.h"

#include <stddef.h>

struct notes {
    char *items[16]; /* owned; more than that are dropped */
    size_t count;
};

void notes_add(struct notes *n, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds "what: message" and clears the error. */
void notes_add_error(struct notes *n, const char *what, struct error *e);
void notes_done(struct notes *n);
