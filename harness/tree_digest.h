/* SPDX-License-Identifier: Apache-2.0 */
/* One digest over a whole directory tree: of every entry its path, type, mode, owner, size, link,
 * content and attributes (user.*, security.capability), in the order of their names. Times are not
 * part of it. */
#pragma once
#include "harness/base/sha256.h"

struct tree_summary {
    char digest[SHA256_TEXT_SIZE];
    uint64_t entries;
    uint64_t bytes; /* that it takes on the disk */
};

/* root: a directory descriptor, borrowed. What the caller may not read of the tree counts by its
 * other properties. */
bool tree_summarize(int root, struct tree_summary *ret, struct error *e) NONNULL MUST_CHECK;
