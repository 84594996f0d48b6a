/* SPDX-License-Identifier: Apache-2.0 */
/* docker-credential-NAME get: the program reads a server's name from stdin and prints JSON. */
#pragma once
#include "harness/registry/auth_file.h"

/* *ret_found is false when the helper knows no credentials for the server. An error never holds
 * what the helper printed, which may be a secret. */
bool credential_helper_get(const char *helper, const char *server, struct credentials *ret,
                           bool *ret_found, struct error *e) NONNULL MUST_CHECK;

/* What the program printed. */
bool credential_helper_parse(const char *program, const char *json, size_t length,
                             struct credentials *ret, struct error *e) NONNULL MUST_CHECK;
