/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP response: of its lines those that a registry's client looks at. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"
#include <stdint.h>

struct content_range { /* RFC 9110, 14.4: "bytes FIRST-LAST/TOTAL" */
    int64_t first, last;
    int64_t total; /* -1: not said */
};

bool content_range_parse(const char *text, struct content_range *ret) NONNULL MUST_CHECK;

struct head {
    char *content_type; /* without parameters; NULL: not said */
    char *digest;       /* Docker-Content-Digest */
    char *range;        /* Content-Range, as it is */
    char *rate_limit;   /* RateLimit-Limit: "100;w=21600" */
    char *rate_left;    /* RateLimit-Remaining */
    char **challenges;  /* heap: WWW-Authenticate, one a header */
    size_t challenge_count;
    size_t bytes; /* of all heads so far, of which HEAD_BYTES are the most */
};

enum { HEAD_BYTES = 64 * 1024 };

/* Takes one line, with or without its end. A status line starts anew (as after a 100 Continue).
 * False when there are too many bytes. */
bool head_take_line(struct head *h, const char *line, size_t length) NONNULL MUST_CHECK;
void head_clear(struct head *h) NONNULL;

/* "100 requests in 6 hours, 0 left" of the rate limit headers; "" when there are none. */
char *head_rate_text(const struct head *h) NONNULL MUST_CHECK;
