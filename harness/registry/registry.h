/* SPDX-License-Identifier: Apache-2.0 */
/* A registry as a source of images (OCI distribution spec 1.1, Docker's v2 API): what a reference
 * means, documents, and layers into the store. One registry is one repository of one host. */
#pragma once
#include "harness/manifest.h"
#include "harness/reference.h"
#include "harness/store.h"

struct registry_events { /* each may be NULL; data is passed to both */
    /* Bytes of the blobs that are being fetched. */
    void (*progress)(void *data, uint64_t done, uint64_t all);
    /* One request is over: "GET", the URL without its query, "200" or why it failed. */
    void (*request)(void *data, const char *method, const char *url, const char *outcome);
    void *data;
};

struct registry_options {
    const char *authfile; /* NULL: see credentials.h */
    const char *cert_dir; /* NULL: see certs.h */
    bool insecure;        /* certificates are not verified, and HTTP will do where HTTPS fails */
    bool offline;         /* only what the store has */
    unsigned retries;     /* of one request, as long as it makes no progress */
    double retry_delay;   /* seconds before the first of them; doubled each time */
    double stall_limit;   /* seconds without an answer, or with nearly no bytes */
    struct registry_events events;
    /* Told what was wrong and could be mended: a damaged blob of the store. May be NULL. */
    void (*remark)(void *data, const char *text);
    void *remark_data;
};

#define REGISTRY_OPTIONS_INIT \
    { \
        .retries = 5, .retry_delay = 0.5, .stall_limit = 60 \
    }

struct registry; /* opaque */

/* Opens nothing yet: the first question does. All that is given must outlive the registry. */
struct registry *registry_open(const struct registry_options *o, const struct store *store,
                               struct pool *pool, const struct reference *r,
                               struct error *e) NONNULL MUST_CHECK;
void registry_close(struct registry *r); /* NULL is fine */

/* What the reference means now: an index or a manifest. */
bool registry_resolve(struct registry *r, struct descriptor *ret,
                      struct error *e) NONNULL MUST_CHECK;

/* A document (index, manifest, config) of at most limit bytes, verified; from the store if it is
 * there. The caller frees it. */
char *registry_read(struct registry *r, const struct descriptor *d, size_t limit,
                    size_t *ret_length, struct error *e) NONNULL MUST_CHECK;

/* Fetches those blobs that the store has not, side by side, and publishes them when all are right:
 * an image is in the store whole or not at all. */
bool registry_fetch(struct registry *r, const struct descriptor *blobs, size_t count,
                    struct error *e) NONNULL MUST_CHECK;

/* Publishes the documents that were read and remembers what the reference means, for --offline. */
bool registry_commit(struct registry *r, struct error *e) NONNULL MUST_CHECK;
