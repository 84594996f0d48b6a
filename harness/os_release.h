/* SPDX-License-Identifier: Apache-2.0 */
/* os-release(5): what a distribution calls itself. */
#pragma once
#include "harness/model.h"

/* The value of a key, unquoted; NULL when it is not there. The caller frees it. */
char *os_release_value(const char *text, const char *key) NONNULL MUST_CHECK;

/* Sets os_id, os_version and os_name of the image; NULL what is not said. */
void os_release_read(struct pool *pool, int root, struct image *image) NONNULL;
