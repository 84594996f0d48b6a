/* SPDX-License-Identifier: Apache-2.0 */
/* Many blobs from a registry into the store, side by side. */
#pragma once
#include "harness/registry/session.h"

/* See registry_fetch(). Blobs that another process is fetching are waited for. */
bool blobs_fetch(struct session *s, const struct store *store, const struct descriptor *blobs,
                 size_t count, struct error *e) NONNULL MUST_CHECK;
