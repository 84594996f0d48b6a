/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a results file into a run; see record.h for the lines. Errors do not name the line:
 * the caller knows where it stands. */
#pragma once
#include "runners/record_number.h"

struct record_parser {
    struct run *run;
    struct record_numbers images, cells;
    bool began, ended; /* the header, the end line */
};

void record_parser_done(struct record_parser *p) NONNULL;

bool record_parse_line(struct record_parser *p, const char *line, size_t length,
                       struct error *e) NONNULL MUST_CHECK;
