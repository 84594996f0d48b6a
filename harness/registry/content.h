/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as they arrive, to memory or to a file: counted and hashed on the way, refused as soon as
 * there are too many, and used by nobody before they are found to be right. */
#pragma once
#include "harness/base/sha256.h"
#include "harness/base/text.h"

struct content {
    /* set by the owner */
    const char *what;   /* for errors: "layer sha256:..."; borrowed */
    const char *digest; /* NULL: only to be computed; borrowed */
    int64_t size;       /* or BYTES_ANY_SIZE */
    size_t limit;       /* of what is kept in memory, which is not believed to be larger */
    int fd;             /* borrowed; -1: to memory */
    /* the outcome */
    int64_t have;
    struct text memory;
    char actual[SHA256_TEXT_SIZE]; /* set by content_finish */
    struct sha256 hash;
};

/* Whether this many bytes in all are too many, as a server announces it before it sends them. */
bool content_admits(const struct content *c, int64_t total, struct error *e) NONNULL MUST_CHECK;

bool content_add(struct content *c, const void *bytes, size_t n,
                 struct error *e) NONNULL MUST_CHECK;

/* Forgets what has arrived. */
bool content_restart(struct content *c, struct error *e) NONNULL MUST_CHECK;

/* Nothing more will arrive: checks size and digest. */
bool content_finish(struct content *c, struct error *e) NONNULL MUST_CHECK;
void content_done(struct content *c) NONNULL;
