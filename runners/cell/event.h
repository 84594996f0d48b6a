/* SPDX-License-Identifier: Apache-2.0 */
/* What the cell tells the harness: one line of JSON an event (see PROTOCOL.md). */
#pragma once
#include "harness/base/text.h"
#include "runners/cell/notes.h"

enum { EVENT_LINE_MAX = 8 * 1024, EVENT_STDERR_MAX = 4 * 1024 };

struct event_end {
    double ms;
    int status;        /* of waitpid; when neither of the next two is set */
    int exec_errno;    /* 0: it was executed */
    const char *error; /* it could not be prepared, and why */
    bool timeout, flood;
    const char *stderr_bytes;
    size_t stderr_length;
};

void event_ready(struct text *out, const char *root, const char *emulation,
                 const struct notes *degraded);
void event_line(struct text *out, unsigned long long job, double ms, const char *bytes,
                size_t length, bool cut, bool partial);
void event_end(struct text *out, unsigned long long job, const struct event_end *end);
void event_error(struct text *out, const char *why);
