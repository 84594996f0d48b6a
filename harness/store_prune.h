/* SPDX-License-Identifier: Apache-2.0 */
/* Taking things out of the store: what was not used for the longest time first, nothing that is in
 * use, and whatever no image refers to. */
#pragma once
#include "harness/store_contents.h"

struct store_pruned {
    size_t images, roots, blobs; /* that are gone */
    uint64_t bytes;              /* that they took */
    size_t in_use;               /* roots that had to stay */
    bool blobs_in_use;           /* blobs had to stay: another process has the store open */
};

/* The time so that what was used then or later fits into so many bytes. At least 1, since what no
 * image refers to counts as used at 0. */
int64_t store_prune_cutoff(const struct store_contents *c, uint64_t limit) NONNULL;

/* Removes the images that are leaving or were used before the cutoff, and roots and blobs that are
 * used by none that stays. */
bool store_prune(struct store_contents *c, int64_t cutoff, struct store_pruned *ret,
                 struct error *e) NONNULL MUST_CHECK;
