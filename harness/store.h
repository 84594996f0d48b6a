/* SPDX-License-Identifier: Apache-2.0 */
/* The cache, below one directory that is its user's alone (images hold setuid files):
 *
 *     blobs/sha256/HEX     a blob that was fetched, as in an OCI image layout
 *     roots/sha256/CHAIN/  an unpacked root, by the chain id of its layers (OCI image spec):
 *         rootfs           itself
 *         record.json      what could not be created in it (layer.h)
 *         seal.json        what both were when they were published (store_seal.h)
 *     images/KEY           an image that was used, and when: whom roots and blobs are for
 *     refs/KEY             which manifest a remote reference meant when it was last asked
 *     memo/KEY             what was found out about a file when it was last read (also memo.h)
 *     lock/KEY             held (flock) while the work of that key is being done
 *     work/KEY             half-done work, seen by nobody; removed by who comes next
 *
 * All of it may be lost or damaged at any time: what is missing is made or fetched again. Whatever
 * appears under its own name was written elsewhere, synced and renamed, so that a process that is
 * killed leaves nothing but work/ and lock/.
 *
 * Keys in lock/ and work/: HEX of a chain that is being unpacked or of a file that is being read
 * (store_lock), "blob-HEX" of a blob that is being fetched (a layer that is not compressed has the
 * same digest as the chain that it begins), "root-HEX" of a root that is being put into its place
 * or taken away. They are taken in this order, and those of several blobs sorted: nobody waits for
 * who waits for him. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"
#include "harness/base/sha256.h"
#include "harness/store_lock.h"
#include <stdint.h>

struct store { /* {0}: not open */
    char *path;
    int session; /* of blobs/, locked shared: as long as somebody has the store open, blobs stay */
};

/* dir NULL or "": $XDG_CACHE_HOME/plimsoll, else ~/.cache/plimsoll. Removes what others left
 * half-done. A store on a read-only file system can be read. */
bool store_open(struct store *s, const char *dir, struct error *e)
    __attribute__((nonnull(1, 3), warn_unused_result));
void store_close(struct store *s) NONNULL; /* nothing to do for one that is not open */

/* Blobs are taken away only by who has the store alone: false when somebody else has it open. Until
 * store_share(), whoever opens it waits. */
bool store_take_alone(const struct store *s) NONNULL MUST_CHECK;
void store_share(const struct store *s) NONNULL;

/* ---- roots ---- */

/* The root of a chain ("sha256:..."), NULL when it is not there or not as it was published. The
 * caller frees it. */
char *store_root(const struct store *s, const char *chain) NONNULL MUST_CHECK;

/* What is wrong with a chain's root at first sight; NULL when it is whole or not there. The caller
 * frees it. */
char *store_root_fault(const struct store *s, const char *chain) NONNULL MUST_CHECK;

struct store_pins { /* {0}: none. Roots that nobody may take away, as they are in use */
    int *items;     /* heap */
    size_t count;
};

/* Also notes that the root was used now. False when it is gone. */
bool store_pin(const struct store *s, const char *chain,
               struct store_pins *pins) NONNULL MUST_CHECK;
void store_unpin(struct store_pins *pins) NONNULL;

struct store_work { /* {0}: none. The right to do one piece of work, and the directory for it */
    struct store_lock lock;
    char *dir;
};

/* Waits until nobody else does the work of this key (a chain or another sha256 digest). The
 * directory is made by store_work_start(), once it is clear that it is needed. */
bool store_lock(const struct store *s, const char *key, struct store_work *ret,
                struct error *e) NONNULL MUST_CHECK;
bool store_work_start(const struct store *s, const char *key, struct store_work *w,
                      struct error *e) NONNULL MUST_CHECK;

/* Seals and syncs dir, which holds rootfs and record.json, and makes it the root of the chain in
 * one step. A whole one that is there already stays, a damaged one is replaced. */
bool store_publish(const struct store *s, struct store_work *w, const char *chain,
                   struct error *e) NONNULL MUST_CHECK;

/* Removes what was not published and lets others go on. */
void store_work_done(struct store_work *w) NONNULL;

enum store_removal { STORE_REMOVED, STORE_IN_USE, STORE_FAILED /* with the error set */ };

/* Takes a root away unless it is pinned; one that is not there counts as removed. */
enum store_removal store_remove_root(const struct store *s, const char *chain,
                                     struct error *e) NONNULL MUST_CHECK;

/* ---- blobs ---- */

/* Whether the store has a blob of this size (BYTES_ANY_SIZE of bytes.h: whatever its size). Its
 * content is verified by whoever reads it. */
bool store_has_blob(const struct store *s, const char *digest, int64_t size) NONNULL MUST_CHECK;
char *store_blob_path(const struct store *s, const char *digest) NONNULL MUST_CHECK;

struct store_blob { /* the right to fetch one blob, and the file to write it to */
    struct store_lock lock;
    int fd;     /* empty, for reading and writing; -1: somebody else has brought it meanwhile */
    char *path; /* of fd */
};

/* Waits until nobody else fetches this blob. Of several blobs, lock the smallest digest first. One
 * that is there with another size is damaged, and counts as not there. */
bool store_blob_start(const struct store *s, const char *digest, int64_t size,
                      struct store_blob *ret, struct error *e) NONNULL MUST_CHECK;
/* What was written has been verified by the caller: syncs it and gives it its name. */
bool store_blob_publish(const struct store *s, struct store_blob *b, const char *digest,
                        struct error *e) NONNULL MUST_CHECK;
/* Removes what was not published and lets others go on. */
void store_blob_done(struct store_blob *b) NONNULL;

/* Reads a blob that is there: whether it is what its name says. False with *ret_why (the caller
 * frees it) when it is not, or cannot be read. */
bool store_blob_verify(const struct store *s, const char *digest,
                       char **ret_why) NONNULL MUST_CHECK;
/* Takes away a blob that is damaged, so that it is fetched again; whoever reads it goes on. */
bool store_blob_discard(const struct store *s, const char *digest,
                        struct error *e) NONNULL MUST_CHECK;

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
/* Reads a file of refs/; false with the error set when it is damaged. */
bool store_read_ref(const struct store *s, struct pool *pool, const char *key,
                    const char **ret_reference, struct store_ref *ret,
                    struct error *e) NONNULL MUST_CHECK;

/* ---- images ---- */

struct store_image {
    const char *reference, *platform; /* in normal form: its key */
    const char *manifest;             /* digest; NULL: it has none */
    const char *chain;
}; /* texts belong to the caller's pool */

/* Reads a note of images/; false with the error set when it is damaged. */
bool store_read_image(const struct store *s, struct pool *pool, const char *key,
                      struct store_image *ret, struct error *e) NONNULL MUST_CHECK;
/* Notes that the image was used now: one write when it is new or changed, else only a time. */
bool store_note_image(const struct store *s, const struct store_image *image,
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
