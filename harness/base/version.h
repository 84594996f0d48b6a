/* SPDX-License-Identifier: Apache-2.0 */
/* Dotted versions, compared number by number: 1.2.10 is after 1.2.4, 2.36 equals 2.36.0, and what
 * follows the numbers counts as later: 1.2.4_git20230717 is after 1.2.4. */
#pragma once
#include "harness/base/error.h"

/* <0, 0, >0 as a is before, equal to, after b. */
int version_compare(const char *a, const char *b) NONNULL;

/* Whether the text begins with a digit and so is a version at all. */
bool version_valid(const char *text) NONNULL;
