/* SPDX-License-Identifier: Apache-2.0 */
/* What a document says that it is, in its Content-Type and in itself. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>

/* The "Accept: ..." of a request for a manifest or an index. */
extern const char media_type_accept[];

/* One of the four of OCI and of Docker's schema 2. type may be NULL. */
bool media_type_is_known(const char *type);
/* A manifest or an index, which a registry keeps apart from blobs; so is what does not say. */
bool media_type_is_manifest(const char *type);

/* Refuses schema 1, and a document that is served as something else than it says: what is read as
 * an index by one and as a manifest by another is two images under one digest. */
bool media_type_check(const char *served, const char *json, size_t length, struct error *e)
    __attribute__((nonnull(2, 4), warn_unused_result));
