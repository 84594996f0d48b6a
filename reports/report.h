/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: a judgement in the form that someone wants to read. A format is one file and one row of
 * the table in report.c. A report consumes a judgement and nothing else. */
#pragma once
#include "harness/base/stream.h"
#include "harness/model.h"

enum report_verbosity { REPORT_QUIET, REPORT_NORMAL, REPORT_VERBOSE };

struct report_options {
    bool color;     /* escape sequences for colours (terminal) */
    bool utf8;      /* what shows the report understands UTF-8; else other bytes become \xHH */
    int width;      /* columns; 0: not limited */
    double seconds; /* how long the run took; 0: not known, not shown */
    enum report_verbosity verbosity;
};

enum report_color { REPORT_COLOR_AUTO, REPORT_COLOR_ALWAYS, REPORT_COLOR_NEVER };

/* What suits a descriptor: width and colour of a terminal, 80 columns and no colour otherwise.
 * NO_COLOR (when not empty) and TERM=dumb turn AUTO off; COLUMNS beats the terminal's own width. */
struct report_options report_options_for(int fd, enum report_color color) MUST_CHECK;

struct report_format {
    const char *name, *description;
    /* Adds the report to out->buffer, draining it row by row. */
    bool (*write)(const struct judgement *j, const struct report_options *o, struct stream *out,
                  struct error *e);
};

extern const struct report_format report_formats[];
extern const size_t report_format_count;

const struct report_format *report_format_by_name(const char *name) NONNULL; /* NULL: unknown */

/* Writes to a temporary file and renames it, so that path is whole or as it was; "-" is standard
 * output; only there are colours. */
bool report_write(const struct report_format *format, const struct judgement *j,
                  const struct report_options *o, const char *path,
                  struct error *e) NONNULL MUST_CHECK;

/* Whether it makes the run fail as a divergence: diverged, new, missing, flaky. */
bool report_diverges(enum verdict v);

/* The formats' own functions, for the table. */
bool report_terminal(const struct judgement *j, const struct report_options *o, struct stream *out,
                     struct error *e) NONNULL;
bool report_json(const struct judgement *j, const struct report_options *o, struct stream *out,
                 struct error *e) NONNULL;
bool report_junit(const struct judgement *j, const struct report_options *o, struct stream *out,
                  struct error *e) NONNULL;
