/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images in a registry: [HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST], with the grammar of
 * distribution/reference and what Docker adds to a short one: docker.io, library/ and latest. */
#pragma once
#include "harness/reference.h"

/* Sets registry, repository, tag (also beside a digest, which then decides) and digest. */
bool reference_parse_name(struct pool *pool, const char *name, struct reference *ret,
                          struct error *e) NONNULL MUST_CHECK;

/* "docker.io/library/debian:12": the name in normal form, of the pool. */
const char *reference_name(struct pool *pool, const struct reference *r) NONNULL MUST_CHECK;
