/* SPDX-License-Identifier: Apache-2.0 */
/* The credentials for one repository, from where other tools keep them. In this order, of which
 * the first that has any decides:
 *
 *     --authfile, else $REGISTRY_AUTH_FILE                    then no other file is looked at
 *     $XDG_RUNTIME_DIR/containers/auth.json                   /run/containers/UID without it
 *     $XDG_CONFIG_HOME/containers/auth.json                   ~/.config without it
 *     $DOCKER_CONFIG/config.json                              ~/.docker without it
 *     ~/.dockercfg
 */
#pragma once
#include "harness/registry/auth_file.h"

struct credential_find {
    bool found;
    struct credentials credentials;
    char *source; /* "FILE", "docker-credential-NAME of FILE"; not found: the files looked at */
};

bool credentials_find(const char *authfile, const char *registry, const char *repository,
                      struct credential_find *ret, struct error *e)
    __attribute__((nonnull(2, 3, 4, 5), warn_unused_result));
void credential_find_done(struct credential_find *f) NONNULL;
