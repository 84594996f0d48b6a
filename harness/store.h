/* SPDX-License-Identifier: Apache-2.0 */
/* The cache: unpacked roots by the chain id of their layers (OCI image spec), below one directory:
 *
 *     roots/sha256/CHAIN/rootfs       the root file system
 *     roots/sha256/CHAIN/record.json  what could not be created in it (layer.h)
 *     blobs/sha256/HEX                blobs that were fetched, as in an OCI image layout
 *     refs/KEY                        which manifest a remote reference meant when it was last
 * asked memo/KEY                        what a file was found to hold when it was last read
 *     lock/KEY                        held (flock) while the work of that key is being done
 *     work/KEY                        half-done work, seen by nobody; removed by who comes next
 *
 * A blob's KEY in lock/ and work/ is "blob-HEX", since a layer that is not compressed has the same
 * digest as the chain that it begins. Locks are taken in this order: a chain's, then those of
 * blobs, sorted: nobody waits for who waits for him.
 */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"
#include "harness/base/sha256.h"
#include <stdint.h>

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

/* ---- blobs ---- */

/* Whether the store has a blob of this size (BYTES_ANY_SIZE of bytes.h: whatever its size). Its
 * content is verified by whoever reads it. */
bool store_has_blob(const struct store *s, const char *digest, int64_t size) NONNULL MUST_CHECK;
char *store_blob_path(const struct store *s, const char *digest) NONNULL MUST_CHECK;

struct store_blob { /* the right to fetch one blob, and the file to write it to */
    int lock;
    int fd;     /* empty, for reading and writing; -1: somebody else has brought it meanwhile */
    char *path; /* of fd */
};

/* Waits until nobody else fetches this blob. Of several blobs, lock the smallest digest first. */
bool store_blob_start(const struct store *s, const char *digest, struct store_blob *ret,
                      struct error *e) NONNULL MUST_CHECK;
/* What was written has been verified by the caller: syncs it and gives it its name. */
bool store_blob_publish(const struct store *s, struct store_blob *b, const char *digest,
                        struct error *e) NONNULL MUST_CHECK;
/* Removes what was not published and lets others go on. */
void store_blob_done(struct store_blob *b) NONNULL;

/* ---- references ---- */

struct store_ref {                   /* texts belong to the caller's pool */
    const char *digest, *media_type; /* of an index or a manifest; media_type may be NULL */
    int64_t size;
};

/* What a reference ("docker://host/name:tag", in normal form) meant when it was last asked; false
 * when it never was. */
bool store_recall_ref(const struct store *s, struct pool *pool, const char *reference,
                      struct store_ref *ret) NONNULL MUST_CHECK;
bool store_remember_ref(const struct store *s, const char *reference, const struct store_ref *ref,
                        struct error *e) NONNULL MUST_CHECK;

/* ---- memo ---- */

/* Key of a file as it is now: another after any change of it. False with the error set. */
bool store_file_key(const char *path, char ret[SHA256_TEXT_SIZE],
                    struct error *e) NONNULL MUST_CHECK;

/* A digest that was remembered for a key; false when there is none. */
bool store_recall(const struct store *s, const char *key,
                  char ret[SHA256_TEXT_SIZE]) NONNULL MUST_CHECK;
bool store_remember(const struct store *s, const char *key, const char *digest,
                    struct error *e) NONNULL MUST_CHECK;
