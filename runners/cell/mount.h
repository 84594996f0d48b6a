/* SPDX-License-Identifier: Apache-2.0 */
/* The new mount API, and the one way in which this program goes down a path of an image: beneath a
 * directory, never out of it. Mounts are descriptors that can be used as directories. */
#pragma once
#include "harness/base/error.h"

#include <stdint.h>
#include <sys/types.h>

enum beneath { BENEATH_FOLLOW, BENEATH_NO_SYMLINKS };

/* Opens with openat2; symbolic links are followed as if dir were "/", or refused with ELOOP.
 * -1 and errno on failure. */
int open_beneath(int dir, const char *path, int flags, enum beneath how);

/* A new, detached instance of a file system. Options are pairs of key and value (NULL: a flag),
 * ended by a NULL key. */
int mount_new(const char *type, unsigned attributes, const char *const options[],
              struct error *e) MUST_CHECK;

/* Puts a mount on the existing path beneath dir ("": on dir itself). */
bool mount_attach(int mount, int dir, const char *path, struct error *e) MUST_CHECK;

/* A detached copy of the mount or the part of it that source is; "" is source_dir itself. */
int mount_copy(int source_dir, const char *source, unsigned attributes, bool recursive,
               struct error *e) MUST_CHECK;

/* mount_copy and mount_attach. */
bool mount_bind(int source_dir, const char *source, int dir, const char *path, unsigned attributes,
                struct error *e) MUST_CHECK;

/* mount_new and mount_attach. */
bool mount_make(const char *type, unsigned attributes, const char *const options[], int dir,
                const char *path, struct error *e) MUST_CHECK;
