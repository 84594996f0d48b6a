/* SPDX-License-Identifier: Apache-2.0 */
/* Text as a terminal may see it: foreign bytes made harmless, cut and folded to a width. What is
 * not printable (also marks that turn the direction of writing) becomes \xHH; one character is
 * counted as one column. */
#pragma once
#include "harness/base/text.h"

size_t shown_width(const char *foreign, bool utf8) NONNULL;

/* Adds at most columns columns (at least 4), the last three "..." when something was cut; returns
 * how many. 0: all of it. */
size_t shown_add(struct text *t, const char *foreign, size_t columns, bool utf8) NONNULL;

/* As shown_add, and fills up with spaces: a column of a table. */
void shown_add_padded(struct text *t, const char *foreign, size_t columns, bool utf8) NONNULL;

/* Adds the words in lines of at most `width` columns (0: one line), each indented and ended by a
 * new line. A longer word goes on in the next line. */
void shown_wrap(struct text *t, const char *foreign, size_t indent, size_t width,
                bool utf8) NONNULL;

void shown_spaces(struct text *t, size_t count) NONNULL;

/* "4,006", "1 cell", "4,006 cells". */
void shown_number(struct text *t, size_t n) NONNULL;
void shown_count(struct text *t, size_t n, const char *one, const char *many) NONNULL;
