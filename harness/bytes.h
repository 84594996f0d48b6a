/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes on their way from a blob to whoever reads it, as a chain of small stages: a file or an
 * archive's member, a check of size and digest, decompression, a thread that runs ahead. A stage
 * holds one block; only bytes_ahead holds more. Any stage can be closed at any time. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/sha256.h"
#include <archive.h>
#include <stdint.h>
#include <sys/types.h>

struct bytes {
    /* The next block, valid until the next call: its size, 0 at the end, -1 with the error set. */
    ssize_t (*next)(struct bytes *b, const void **ret, struct error *e);
    void (*close)(struct bytes *b); /* frees b and what it reads from */
};

void bytes_close(struct bytes *b); /* NULL is fine */
void bytes_cleanup(struct bytes **b);
#define CLEANUP_BYTES __attribute__((cleanup(bytes_cleanup)))

/* A regular file; NULL with the error set. */
struct bytes *bytes_of_file(const char *path, struct error *e) NONNULL MUST_CHECK;

/* A regular member of a tar file, compressed or not, by its name without a leading "./". Links
 * within the archive are followed. *ret_found tells a missing member from other errors. */
struct bytes *bytes_of_member(const char *path, const char *member, bool *ret_found,
                              struct error *e) NONNULL MUST_CHECK;

/* The stages below take the source over, also when they fail. */

/* Decompresses gzip, zstd, xz or bzip2, and passes everything else as it is. */
struct bytes *bytes_inflate(struct bytes *source, struct error *e) NONNULL MUST_CHECK;

/* gzip alone, faster; only where ISA-L is there (PLIMSOLL_ISAL). bytes_inflate calls it. */
struct bytes *bytes_gunzip(struct bytes *source) NONNULL MUST_CHECK;

enum { BYTES_ANY_SIZE = -1 };

struct bytes_claim {
    const char *what;              /* for errors: "layer sha256:..." */
    const char *digest;            /* NULL: only to be computed */
    int64_t size;                  /* or BYTES_ANY_SIZE */
    bool count_only;               /* nobody wants the digest */
    char actual[SHA256_TEXT_SIZE]; /* set at the end */
    uint64_t count;                /* bytes so far */
};

/* Counts and hashes what passes; more bytes than claimed, or another digest or fewer bytes at the
 * end, is an error. The claim is the caller's and must outlive the stage. */
struct bytes *bytes_verify(struct bytes *source, struct bytes_claim *claim) NONNULL MUST_CHECK;

/* Runs the source in a thread of its own, at most bound bytes (and always one block) ahead of the
 * reader. Its error comes after the blocks before it; closing stops it after its present block.
 * What the source's stages write (a claim's count and digest) may be read after the end was seen or
 * the stage was closed. Where no thread can be had, returns the source. */
struct bytes *bytes_ahead(struct bytes *source, size_t bound) NONNULL MUST_CHECK;

/* Reads what is left, so that a verifying stage sees the end. */
bool bytes_drain(struct bytes *b, struct error *e) NONNULL MUST_CHECK;

/* Everything, NUL-terminated; more than limit bytes is an error. The caller frees it. */
char *bytes_read_all(struct bytes *b, const char *name, size_t limit, size_t *ret_length,
                     struct error *e) NONNULL MUST_CHECK;

/* For libarchive: a read callback whose client data is a struct bytes_feed. */
struct bytes_feed {
    struct bytes *source;
    struct error *error; /* where a failing source tells why; libarchive's own text otherwise */
};
la_ssize_t bytes_feed_read(struct archive *a, void *feed, const void **ret) NONNULL;
/* Sets e from the archive, unless the source has set it already. Returns false. */
bool bytes_feed_error(struct archive *a, const char *what, struct error *e) NONNULL;
