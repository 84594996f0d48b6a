/* SPDX-License-Identifier: Apache-2.0 */
/* Reads everything in the store: is it what it was when it was put there? */
#pragma once
#include "harness/store.h"

struct store_finding {
    const char *what; /* "blob sha256:...", "root sha256:...", "memo/HEX" */
    const char *why;
    bool leftover; /* not damage: what a process that was killed left, or no part of a store */
    bool removed;
    const char *kept; /* why it could not be removed; NULL: nobody wanted that, or it was */
};

struct store_verified {
    size_t roots, blobs;  /* that were read */
    size_t damaged, kept; /* of everything; kept: damaged and still there */
};

/* Tells every finding; repair: removes it, so that it is fetched or made again when it is needed.
 * Others may go on using the store. */
void store_verify(const struct store *s, bool repair,
                  void (*tell)(const struct store_finding *finding, void *data), void *data,
                  struct store_verified *ret) __attribute__((nonnull(1, 3, 5)));
