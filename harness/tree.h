/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into a root file system that nobody vouches for. Every path is resolved beneath the root
 * by the kernel (openat2 with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS, Linux 5.6): absolute links
 * and ".." stay inside, and nothing but regular files is ever opened for reading. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>
#include <sys/stat.h>

/* Opens the directory that is to be the root; -1 with the error set. */
int tree_open_root(const char *path, struct error *e) NONNULL MUST_CHECK;

/* openat2 beneath root; -1 with errno. flags as open(2). */
int tree_open(int root, const char *path, int flags, mode_t mode) NONNULL MUST_CHECK;

/* The same where no component may be a link: ELOOP when one is. */
int tree_open_straight(int root, const char *path, int flags) NONNULL MUST_CHECK;

enum tree_kind {
    TREE_ABSENT,
    TREE_FILE,
    TREE_DIRECTORY,
    TREE_LINK,     /* only when not followed */
    TREE_DANGLING, /* a link that leads nowhere, or in a circle */
    TREE_OTHER,    /* device, fifo, socket */
    TREE_UNREADABLE,
};

/* What the path is, all links followed. ret_stat (may be NULL) is filled for what exists. */
enum tree_kind tree_kind(int root, const char *path, struct stat *ret_stat)
    __attribute__((nonnull(2)));
/* The same without following the last component. */
enum tree_kind tree_kind_nofollow(int root, const char *path, struct stat *ret_stat)
    __attribute__((nonnull(2)));

/* The first bytes of a regular file, up to limit, NUL-terminated, the caller frees it; NULL when
 * there is no such file or it cannot be read. ret_length may be NULL. */
char *tree_read(int root, const char *path, size_t limit, size_t *ret_length)
    __attribute__((nonnull(2), warn_unused_result));

/* The text of a symbolic link; NULL when it is none. The caller frees it. */
char *tree_link(int root, const char *path) NONNULL MUST_CHECK;

/* Where a path ends, as an absolute path within the root; NULL when it leads nowhere. */
char *tree_resolve(int root, const char *path) NONNULL MUST_CHECK;

struct tree_names { /* sorted by byte value */
    char **items;
    size_t count;
};

/* Names in a directory without "." and ".."; none when it cannot be read. At most limit. */
struct tree_names tree_list(int root, const char *path, size_t limit) NONNULL MUST_CHECK;
void tree_names_done(struct tree_names *n) NONNULL;
#define CLEANUP_NAMES __attribute__((cleanup(tree_names_done)))
