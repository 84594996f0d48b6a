/* SPDX-License-Identifier: Apache-2.0 */
/* Named files of an image, either in a directory or in a tar file (oci, oci-archive,
 * docker-archive), and the blobs among them. */
#pragma once
#include "harness/bytes.h"

struct layout {
    const char *path; /* borrowed */
    bool archive;     /* a tar file, not a directory */
};

/* Opens a file of the layout; NULL with the error set. ret_found tells a missing one apart. */
struct bytes *layout_open(const struct layout *l, const char *name, bool *ret_found,
                          struct error *e) NONNULL MUST_CHECK;

/* Reads a whole file of at most limit bytes. */
char *layout_read(const struct layout *l, const char *name, size_t limit, size_t *ret_length,
                  struct error *e) NONNULL MUST_CHECK;

/* "blobs/sha256/HEX"; the digest must be valid (sha256_valid). The caller frees it. */
char *layout_blob_name(const char *digest) NONNULL MUST_CHECK;

/* Reads a blob and verifies its size and digest before anything of it is used. */
char *layout_read_blob(const struct layout *l, const char *digest, int64_t size, size_t limit,
                       size_t *ret_length, struct error *e) NONNULL MUST_CHECK;
