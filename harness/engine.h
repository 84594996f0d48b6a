/* SPDX-License-Identifier: Apache-2.0 */
/* A container engine on this machine, asked by Docker's Engine API (which Podman has too) on its
 * unix socket: what an image is, and its contents as `docker save` writes them. */
#pragma once
#include "harness/manifest.h"

struct engine; /* opaque */

/* transport: "docker-daemon" or "containers-storage". Finds the socket where somebody listens; that
 * there is none is an error that names those that were tried. */
struct engine *engine_open(const char *transport, struct error *e) NONNULL MUST_CHECK;
void engine_close(struct engine *g); /* NULL is fine */

struct engine_image {
    const char *manifest_digest, *index_digest; /* NULL: the engine keeps none */
    const char *config_digest;                  /* NULL: the engine does not tell */
    struct config_document config;              /* as the engine tells it */
};

/* name: of an image, or "sha256:..." its id. */
bool engine_inspect(struct engine *g, struct pool *pool, const char *name, struct engine_image *ret,
                    struct error *e) NONNULL MUST_CHECK;

/* Writes the image as an archive (docker-archive:) to a file. Whoever reads it verifies it. */
bool engine_save(struct engine *g, const char *name, int fd, struct error *e) NONNULL MUST_CHECK;

/* What engine_inspect is answered. */
bool engine_image_parse(struct pool *pool, const char *json, size_t length,
                        struct engine_image *ret, struct error *e) NONNULL MUST_CHECK;
