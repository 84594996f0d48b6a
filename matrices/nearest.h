/* SPDX-License-Identifier: Apache-2.0 */
/* What a misspelt word was meant to be. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>

struct nearest { /* {.word = word} to begin with */
    const char *word;
    const char *best; /* borrowed from nearest_offer; NULL while nothing is near enough */
    size_t distance;
};

/* Offers one known word. */
void nearest_offer(struct nearest *n, const char *known) NONNULL;

/* " (did you mean "libc-version"?)", or "" when nothing is near. Owned by the caller. */
char *nearest_hint(const struct nearest *n) NONNULL MUST_CHECK;
