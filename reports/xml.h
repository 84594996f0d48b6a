/* SPDX-License-Identifier: Apache-2.0 */
/* XML 1.0 written piece by piece. */
#pragma once
#include "harness/base/text.h"

/* Foreign text as character data or inside a quoted attribute: markup is escaped, and what XML 1.0
 * cannot hold (control bytes, what is not UTF-8, U+FFFE, U+FFFF) is shown as \xHH. */
void xml_add(struct text *t, const char *foreign) NONNULL;

/* ` name="value"` */
void xml_attribute(struct text *t, const char *name, const char *value) NONNULL;
void xml_attribute_count(struct text *t, const char *name, size_t value) NONNULL;
/* Seconds with three decimals, the same in every locale. */
void xml_attribute_seconds(struct text *t, const char *name, double milliseconds) NONNULL;
