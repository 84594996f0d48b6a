/* SPDX-License-Identifier: Apache-2.0 */
/* Locks between processes, each a file that is held with flock(2) and goes away when it is given
 * back: what is being done now is what there is in the folder of locks, and what a killed process
 * left. A lock is free as soon as its holder dies. */
#pragma once
#include "harness/base/error.h"

struct store_lock { /* {0}: none */
    int fd;
    char *path;
};

/* Waits for whoever holds it. */
bool store_lock_take(const char *path, struct store_lock *ret, struct error *e) NONNULL MUST_CHECK;

/* Without waiting: false when somebody holds it, or it cannot be made. */
bool store_lock_try(const char *path, struct store_lock *ret) NONNULL MUST_CHECK;

/* Nothing to do for none. */
void store_lock_release(struct store_lock *l) NONNULL;
