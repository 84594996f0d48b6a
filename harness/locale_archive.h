/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the locales in glibc's /usr/lib/locale/locale-archive. */
#pragma once
#include "harness/tree.h"

/* Adds the names (aliases too) that the archive's head tells; byte order as the file's. Returns
 * false when the bytes are no such archive; what points outside them is left out. */
bool locale_archive_names(const void *data, size_t size, struct tree_names *ret) NONNULL MUST_CHECK;
