/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP transfers side by side: libcurl's multi interface in a libuv loop, and pauses beside them.
 */
#pragma once
#include "harness/base/error.h"
#include "harness/registry/libcurl.h"
#include <stdint.h>

struct http; /* opaque */

struct http_job { /* a transfer or a pause; the owner's memory until it is over */
    CURL *easy;   /* of a transfer: the owner's, ready to go */
    void (*done)(struct http_job *job, CURLcode result); /* CURLE_OK after a pause */
    void *data;                                          /* the owner's */
    struct http_job *next;                               /* the rest is http's own */
    uint64_t due;
    enum { HTTP_IDLE, HTTP_TRANSFER, HTTP_PAUSE } state;
};

struct http *http_new(struct error *e) MUST_CHECK;
void http_free(struct http *h); /* NULL is fine; no job may be left */

/* Begin; done is called from within http_run(), and may begin the job anew or another one. */
void http_start(struct http *h, struct http_job *job) NONNULL;
void http_pause(struct http *h, struct http_job *job, uint64_t milliseconds) NONNULL;
/* Ends a job without calling done; nothing to do for one that is over. */
void http_cancel(struct http *h, struct http_job *job) NONNULL;

/* Until no job is left. */
void http_run(struct http *h) NONNULL;
