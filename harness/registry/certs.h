/* SPDX-License-Identifier: Apache-2.0 */
/* Whom to trust and who to be, for one registry, as containers-certs.d(5): in a folder of its own,
 * *.crt are CAs beside the system's, and NAME.cert with NAME.key is our own certificate. */
#pragma once
#include "harness/base/text.h"

struct certs {
    struct text authorities; /* PEM; empty: the system's alone */
    char *certificate, *key; /* paths; NULL: none */
};

/* dir NULL: the first that exists of ~/.config/containers/certs.d/HOST, and the same below
 * /etc/containers and /etc/docker; none of them is fine, a dir that cannot be read is not. */
bool certs_load(struct certs *ret, const char *dir, const char *host, struct error *e)
    __attribute__((nonnull(1, 3), warn_unused_result));
void certs_done(struct certs *c) NONNULL;
