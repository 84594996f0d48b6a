/* SPDX-License-Identifier: Apache-2.0 */
/* How a registry wants to be asked, and with what: anonymously, by Basic, or by a token that a
 * token server gives for one scope. Kept in memory only. */
#pragma once
#include "harness/registry/challenge.h"
#include "harness/registry/credentials.h"
#include "harness/registry/head.h"

enum auth_kind { AUTH_NONE, AUTH_BASIC, AUTH_BEARER };

struct auth {
    struct pool *pool; /* of the challenge's texts */
    enum auth_kind kind;
    struct challenge challenge; /* of AUTH_BEARER */
    bool looked_up;
    struct credential_find found;
    char *token;         /* NULL: none yet, or it has expired */
    uint64_t expires;    /* of auth_clock() */
    unsigned generation; /* how many tokens there were */
};

void auth_init(struct auth *a) NONNULL;
void auth_done(struct auth *a) NONNULL;

uint64_t auth_clock(void); /* seconds that only ever go on */

/* Takes the challenges of a 401. plain: the registry itself is asked by HTTP, so its token server
 * may be. False with the error set when there is no way to answer. */
bool auth_take_challenges(struct auth *a, const struct head *h, bool plain,
                          struct error *e) NONNULL MUST_CHECK;

/* Takes a token server's answer. */
bool auth_take_token(struct auth *a, const char *json, size_t length,
                     struct error *e) NONNULL MUST_CHECK;
bool auth_needs_token(struct auth *a) NONNULL; /* drops one that has expired */

/* "Authorization: ..." for the registry; NULL when it is asked without. The caller frees it. */
char *auth_header(const struct auth *a) NONNULL MUST_CHECK;
/* The same by Basic; NULL without a password. */
char *auth_basic_header(const struct auth *a) NONNULL MUST_CHECK;

/* "asked with the credentials of FILE", "asked anonymously (no credentials in FILE)". */
char *auth_describe(const struct auth *a) NONNULL MUST_CHECK;
