/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials as containers-auth.json(5) and Docker's config.json hold them: in the file itself
 * ("auths"), or with a helper program that the file names ("credHelpers", "credsStore"). */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>

struct credentials { /* owned; a secret each, never shown */
    char *user, *password;
    char *identity_token; /* OAuth2 refresh token, instead of a password; or NULL */
};

void credentials_done(struct credentials *c) NONNULL; /* wipes them */

struct auth_entry { /* what a file says of one repository */
    bool found;     /* the credentials are these */
    struct credentials credentials;
    char *helper; /* else: ask docker-credential-HELPER (NULL: nobody) ... */
    char *server; /* ... about this server */
};

/* Looks up "host[:port]/repository" in the file's text, the most specific key first. legacy:
 * ~/.dockercfg, which is the "auths" alone. False with the error set when it is no such file. */
bool auth_file_find(const char *json, size_t length, bool legacy, const char *registry,
                    const char *repository, struct auth_entry *ret,
                    struct error *e) NONNULL MUST_CHECK;
void auth_entry_done(struct auth_entry *a) NONNULL;
