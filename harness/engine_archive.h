/* SPDX-License-Identifier: Apache-2.0 */
/* The archive of an engine's image, in the store's work directory as long as it is needed. */
#pragma once
#include "harness/engine.h"
#include "harness/offer.h"

struct engine_archive { /* {0}: none */
    struct store_work work;
    char *path;
};

/* Fetches the archive and lets the layers of c lead into it. Waits for another process that fetches
 * the same image; with `path` NULL afterwards that one has made the root meanwhile. */
bool engine_archive_fetch(struct engine *g, const struct store *s, struct pool *pool,
                          const char *name, struct contents *c, struct engine_archive *ret,
                          struct error *e) NONNULL MUST_CHECK;
void engine_archive_done(struct engine_archive *a) NONNULL;
