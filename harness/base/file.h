/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files in and out. What another process may read is written to a temporary name beside the
 * target, synced and renamed, so that nothing half-written is ever seen. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>

/* Reads at most limit bytes; a larger file is an error. The text is NUL-terminated, the caller
 * frees it; ret_length may be NULL. */
char *file_read(const char *path, size_t limit, size_t *ret_length, struct error *e) MUST_CHECK;
/* As file_read, from an open descriptor (not closed); name is for the error. */
char *file_read_fd(int fd, const char *name, size_t limit, size_t *ret_length,
                   struct error *e) MUST_CHECK;

bool file_write_all(int fd, const char *name, const void *data, size_t size,
                    struct error *e) MUST_CHECK;
/* Temporary file, fsync, rename, fsync of the directory; "-" writes to standard output. */
bool file_publish(const char *path, const void *data, size_t size, struct error *e) MUST_CHECK;

/* As file_publish, of a regular file and without waiting for the disk: after a power failure it may
 * be empty or the old one. */
bool file_replace(const char *path, const void *data, size_t size, struct error *e) MUST_CHECK;
/* What was renamed into or out of a directory outlives a power failure from here on. */
bool file_sync_dir(const char *path, struct error *e) MUST_CHECK;

bool file_make_dirs(const char *path,
                    struct error *e) MUST_CHECK; /* mkdir -p, mode 0777 & ~umask */
bool file_remove_tree(const char *path, struct error *e) MUST_CHECK; /* rm -r, also mode 0 dirs */
/* The same beneath an open directory. */
bool file_remove_tree_at(int dir, const char *name, struct error *e) MUST_CHECK;
