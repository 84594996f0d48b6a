/* SPDX-License-Identifier: Apache-2.0 */
/* What several verbs begin with: an empty run that holds the whole catalogue. */
#pragma once
#include "harness/base/error.h"
#include "harness/installation.h"
#include "harness/model.h"

/* A run with all checks, sorted by id; the caller frees it with run_free(). */
struct run *cmd_catalogue(struct error *e) MUST_CHECK;
/* As above, and tells where the parts are (the caller: installation_done()). What is known of them
 * is remembered in the cache (NULL: the user's own). */
struct run *cmd_catalogue_at(struct installation *ret, const char *cache,
                             struct error *e) MUST_CHECK;
