/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the terminal report. */
#pragma once
#include "reports/report.h"

struct screen { /* what all parts need */
    const struct judgement *j;
    const struct report_options *o;
    struct text *t;
};

enum paint { PAINT_PLAIN, PAINT_GOOD, PAINT_BAD, PAINT_WARN, PAINT_DIM, PAINT_BOLD };

/* Begins and ends a colour; nothing without colours. */
void paint_begin(const struct screen *s, enum paint p) NONNULL;
void paint_end(const struct screen *s, enum paint p) NONNULL;

void terminal_matrix(const struct screen *s) NONNULL;   /* images x areas */
void terminal_findings(const struct screen *s) NONNULL; /* divergences, errors; verbose: the rest */
