/* SPDX-License-Identifier: Apache-2.0 */
/* Which C libraries a root holds for its platform, and their versions as their own files say. */
#pragma once
#include "harness/model.h"

struct libc_scan {
    bool glibc_loader, glibc_library; /* the loader at its path; libc.so.6 in a usual directory */
    bool glibc_compat;                /* glibc's loader path leads to something of musl's */
    bool musl, uclibc;
    char *glibc_version, *musl_version, *uclibc_version; /* owned; NULL: not found in the file */
};

struct libc_scan libc_scan_root(int root, const struct platform *platform) NONNULL MUST_CHECK;
void libc_scan_done(struct libc_scan *s) NONNULL;

/* The version in the bytes of libc.so.6 or ld.so: "... release version 2.36." after "GNU" or "ld.so
 * (". The caller frees it; NULL when it is not there. */
char *libc_glibc_version(const char *data, size_t size) NONNULL MUST_CHECK;

/* The version in the bytes of musl's loader, which is its libc too. Its usage text has only
 * "Version %s"; the version itself is the constant __libc_version, a text of its own among the
 * read-only data: the one that is a version from its first byte to its end. NULL when there is none
 * or more than one. */
char *libc_musl_version(const char *data, size_t size) NONNULL MUST_CHECK;
