/* SPDX-License-Identifier: Apache-2.0 */
/* Observation and timing lines, of which a file holds a million, read without a tree of JSON
 * values: five times as fast. Only the very bytes that record.c writes are taken, without any
 * escape; every other line is left to the JSON parser, which decides what is right. */
#pragma once
#include "harness/model.h"

struct record_span { /* borrowed from the line, not terminated */
    const char *text;
    size_t length;
};

struct record_row {
    bool is_timing;
    size_t cell;
    struct record_span check;
    enum status status; /* of an observation, as is the value */
    struct record_span value;
    double milliseconds; /* of a timing */
};

/* false: not in canonical form. line has no new line at its end. */
bool record_row_scan(const char *line, size_t length, struct record_row *ret) NONNULL MUST_CHECK;
