/* SPDX-License-Identifier: Apache-2.0 */
/* What one probe process prints, line by line: a hello, one line for each check it was asked, an
 * end with their count. Nothing of it is trusted. Whatever is wrong becomes observations of status
 * error: every check that was asked gets exactly one observation. */
#pragma once
#include "harness/model.h"
#include "runners/cell_process.h"

enum {
    PROBE_SCHEMA = 1,
    PROBE_VALUE_LIMIT = 1024, /* bytes of a value */
};

struct probe_hello { /* what the probe says of itself */
    enum area area;
    const char *flavor, *platform;
    const char *libc;       /* "glibc 2.36", "musl"; NULL unknown, as are these: */
    const char *compiler;   /* "clang 19.1.7" */
    const char *built_with; /* "glibc 2.31" */
    bool emulated;
};

struct probe_observation { /* value is valid until probe_stream_free */
    const struct check *check;
    enum status status;
    const char *value;
};

struct probe_stream; /* opaque */

/* checks: those that the process was asked, of one area; borrowed, as is the array. */
struct probe_stream *probe_stream_new(const struct check **checks, size_t count) NONNULL MUST_CHECK;
void probe_stream_free(struct probe_stream *s); /* NULL is fine */

/* One line of its standard output. After the first fault further lines are not looked at. */
void probe_stream_line(struct probe_stream *s, const struct cell_line *line) NONNULL;

/* The process is over: every check without an observation gets an error that says why. */
void probe_stream_end(struct probe_stream *s, const struct cell_end *end) NONNULL;
/* As probe_stream_end when the cell itself is gone. */
void probe_stream_gone(struct probe_stream *s, const char *why) NONNULL;

/* The next observation not yet taken; false: none now. */
bool probe_stream_next(struct probe_stream *s, struct probe_observation *ret) NONNULL;

/* NULL: it has not said hello. Valid until probe_stream_free. */
const struct probe_hello *probe_stream_hello(const struct probe_stream *s) NONNULL;
/* What was wrong with the output itself; NULL: nothing. A process that answered everything and then
 * ended without its end line has a fault too, and no check that could show it. */
const char *probe_stream_fault(const struct probe_stream *s) NONNULL;
