/* SPDX-License-Identifier: Apache-2.0 */
/* Named files of an image, either in a directory or in a tar file (oci, oci-archive,
 * docker-archive), and the blobs among them. */
#pragma once
#include "harness/bytes.h"
#include "harness/manifest.h"

struct engine;
struct registry;

struct layout {
    const char *path;        /* borrowed */
    bool archive;            /* a tar file, not a directory */
    bool flat;               /* as dir: has it, see containers-transports(5): blobs by HEX alone */
    struct engine *engine;   /* borrowed: that has the image; NULL: none */
    struct registry *remote; /* borrowed: where blobs that are not there come from; NULL: nowhere */
};

/* Opens a file of the layout; NULL with the error set. ret_found tells a missing one apart. */
struct bytes *layout_open(const struct layout *l, const char *name, bool *ret_found,
                          struct error *e) NONNULL MUST_CHECK;

/* Reads a whole file of at most limit bytes. */
char *layout_read(const struct layout *l, const char *name, size_t limit, size_t *ret_length,
                  struct error *e) NONNULL MUST_CHECK;

/* "blobs/sha256/HEX"; the digest must be valid (sha256_valid). The caller frees it. */
char *layout_blob_name(const struct layout *l, const char *digest) NONNULL MUST_CHECK;

/* Reads a blob and verifies its size and digest before anything of it is used. */
char *layout_read_blob(const struct layout *l, const char *digest, int64_t size, size_t limit,
                       size_t *ret_length, struct error *e) NONNULL MUST_CHECK;

/* The same of a document of at most MANIFEST_BYTES; fetched first where it is not there yet. */
char *layout_read_document(const struct layout *l, const struct descriptor *d, size_t *ret_length,
                           struct error *e) NONNULL MUST_CHECK;

/* Fetches the blobs that are not there yet, side by side; nothing to do without a remote. */
bool layout_fetch(const struct layout *l, const struct descriptor *blobs, size_t count,
                  struct error *e) NONNULL MUST_CHECK;
