/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate: how a server wants to be asked (RFC 9110, 11.6.1). A header may hold several
 * challenges, and there may be several headers. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"

struct challenge {      /* texts of the pool, unquoted; NULL: not given */
    const char *scheme; /* as written: compare without regard to case */
    const char *realm;
    const char *service, *scope; /* of Bearer, as the token protocol of registries has them */
    const char *error;           /* of Bearer (RFC 6750, 3): "invalid_token" */
};

struct challenges {
    struct challenge *items; /* heap */
    size_t count;
};

/* Appends the challenges of one header's value. False when it is malformed: those before the fault
 * are appended all the same. Unknown parameters are passed over. */
bool challenges_parse(struct pool *pool, const char *value, struct challenges *ret) NONNULL;
void challenges_done(struct challenges *c) NONNULL;

/* The first of a scheme ("Bearer"); NULL when there is none. */
const struct challenge *challenges_find(const struct challenges *c, const char *scheme) NONNULL;
