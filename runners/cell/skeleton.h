/* SPDX-License-Identifier: Apache-2.0 */
/* Mount points made in an overlay's upper layer before it is mounted. Made in the overlay itself
 * they would fail wherever the image's directory belongs to a user that the cell does not map. */
#pragma once
#include "harness/base/error.h"

#include <sys/types.h>

struct skeleton {
    int lower, upper; /* borrowed directories */
    char *lower_path; /* where the kernel says that lower is; owned */
};

bool skeleton_init(struct skeleton *s, int lower, int upper, struct error *e) MUST_CHECK;
void skeleton_done(struct skeleton *s);

/* Makes path (no leading slash) a directory, or a file with this content. Links in its directories
 * are followed as the image would, and never out of it; directories keep the image's mode and
 * owner, and mode is for those that it has not. Anything else of that name is hidden. */
bool skeleton_directory(struct skeleton *s, const char *path, mode_t mode,
                        struct error *e) MUST_CHECK;
bool skeleton_file(struct skeleton *s, const char *path, const char *content,
                   struct error *e) MUST_CHECK;
