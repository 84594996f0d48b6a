/* SPDX-License-Identifier: Apache-2.0 */
/* The cache: unpacked roots by the chain id of their layers (OCI image spec), below one directory:
 *
 *     roots/sha256/CHAIN/rootfs       the root file system
 *     roots/sha256/CHAIN/record.json  what could not be created in it (layer.h)
 *     memo/KEY                        what a file was found to hold when it was last read
 *     lock/KEY                        held (flock) while the work of that key is being done
 *     work/KEY/                       half-done work, seen by nobody; removed by who comes next
 */
#pragma once
#include "harness/base/error.h"
#include "harness/base/sha256.h"

struct store {
    char *path;
};

/* dir NULL or "": $XDG_CACHE_HOME/plimsoll, else ~/.cache/plimsoll. Removes what others left
 * half-done.
 */
bool store_open(struct store *s, const char *dir, struct error *e)
    __attribute__((nonnull(1, 3), warn_unused_result));
void store_close(struct store *s) NONNULL;

/* The root of a chain ("sha256:..."), NULL when it is not there. The caller frees it. */
char *store_root(const struct store *s, const char *chain) NONNULL MUST_CHECK;

struct store_work { /* the right to do one piece of work, and the directory to do it in */
    int lock;
    char *dir;
};

/* Waits until nobody else does the work of this key (a chain or another sha256 digest). The
 * directory is made by store_work_start(), once it is clear that it is needed. */
bool store_lock(const struct store *s, const char *key, struct store_work *ret,
                struct error *e) NONNULL MUST_CHECK;
bool store_work_start(const struct store *s, const char *key, struct store_work *w,
                      struct error *e) NONNULL MUST_CHECK;

/* Syncs dir and makes it the root of the chain in one step. One that is there already stays. */
bool store_publish(const struct store *s, struct store_work *w, const char *chain,
                   struct error *e) NONNULL MUST_CHECK;

/* Removes what was not published and lets others go on. */
void store_work_done(struct store_work *w) NONNULL;

/* Key of a file as it is now: another after any change of it. False with the error set. */
bool store_file_key(const char *path, char ret[SHA256_TEXT_SIZE],
                    struct error *e) NONNULL MUST_CHECK;

/* A digest that was remembered for a key; false when there is none. */
bool store_recall(const struct store *s, const char *key,
                  char ret[SHA256_TEXT_SIZE]) NONNULL MUST_CHECK;
bool store_remember(const struct store *s, const char *key, const char *digest,
                    struct error *e) NONNULL MUST_CHECK;
