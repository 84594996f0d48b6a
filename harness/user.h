/* SPDX-License-Identifier: Apache-2.0 */
/* Whom an image runs as: config.User ("", "1000", "app", "app:web", "1000:1000") resolved against
 * the image's own /etc/passwd and /etc/group, as container engines do. */
#pragma once
#include "harness/model.h"

/* Returns "UID:GID[:GID...]" (the caller frees it). passwd and group are the texts of the files,
 * NULL when absent. A name that they do not hold is an error. */
char *user_resolve(const char *spec, const char *passwd, const char *group,
                   struct error *e) MUST_CHECK;

/* The same for an opened image, with its files; instead of config.User when override is not NULL.
 */
char *user_of_image(const struct image *image, const char *override, struct error *e) MUST_CHECK;
