/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation with one registry about one repository: connections, certificates, credentials and
 * token are kept for the next question. */
#pragma once
#include "harness/registry/fetch.h"

bool session_open(struct session *s, const struct registry_options *o, const struct reference *r,
                  struct error *e) NONNULL MUST_CHECK;
void session_close(struct session *s) NONNULL; /* also of one that was never opened */

struct session_question {
    const char *what;   /* for errors */
    const char *method; /* "GET", "HEAD" */
    const char *kind;   /* "manifests", "blobs" */
    const char *name;   /* a tag or a digest */
    const char *digest; /* that the answer must have; NULL: any */
    int64_t size;       /* or BYTES_ANY_SIZE */
    size_t limit;
    bool silent;
    const char *ret_digest, *ret_type, *ret_said; /* for the one who asks */
};

/* Prepares a fetch for the question; the caller starts it. */
void session_prepare(struct session *s, const struct session_question *q,
                     struct fetch *ret) NONNULL;

/* Asks and waits for the answer, which is the caller's to free by fetch_done(); on failure there is
 * nothing to free. */
bool session_ask(struct session *s, const struct session_question *q, struct fetch *ret,
                 struct error *e) NONNULL MUST_CHECK;
