/* SPDX-License-Identifier: Apache-2.0 */
/* The queries a job's name servers got, in order of arrival, one a line; bounded, since who asks
 * is foreign. */
#pragma once
#include "harness/base/text.h"

#define QUERY_LOG_BYTES 60000 /* a log fits into one reply of the fixture socket */

struct query_log {
    struct text text;
    bool cut; /* the limit was reached */
};

/* Adds "TRANSPORT @SERVER[v6] WHAT"; what comes past the limit is one line "...". */
void query_log_add(struct query_log *l, const char *transport, unsigned server, bool ipv6,
                   const char *what) NONNULL;
/* The log so far; empties it. The caller frees it. */
char *query_log_take(struct query_log *l) NONNULL MUST_CHECK;
void query_log_done(struct query_log *l) NONNULL;
