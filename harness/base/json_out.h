/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written piece by piece, for what is too large for a tree in memory. Members stay in the
 * order in which they are added; the same values give the same bytes in every locale. What is not
 * UTF-8 becomes \xHH in the text, so the result is always valid JSON.
 *
 * key NULL adds an element of an array. Commas come by themselves, except after a new line or at
 * the start of the buffer: whoever breaks lines or empties the buffer writes the comma. */
#pragma once
#include "harness/base/text.h"
#include <stdint.h>

void json_out_open(struct text *t, const char *key, char bracket) __attribute__((nonnull(1)));
void json_out_close(struct text *t, char bracket) NONNULL;

/* Adds nothing for a value of NULL. */
void json_out_text(struct text *t, const char *key, const char *value) __attribute__((nonnull(1)));
void json_out_text_or_null(struct text *t, const char *key, const char *value)
    __attribute__((nonnull(1)));

void json_out_integer(struct text *t, const char *key, uint64_t value) __attribute__((nonnull(1)));
void json_out_bool(struct text *t, const char *key, bool value) __attribute__((nonnull(1)));
/* Three decimals at the most: 5, 3.2, 0.001. Negative and not finite numbers become 0. */
void json_out_decimal(struct text *t, const char *key, double value) __attribute__((nonnull(1)));

/* A text on its own, with its quotes. */
void json_out_quoted(struct text *t, const char *value) NONNULL;
