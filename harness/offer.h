/* SPDX-License-Identifier: Apache-2.0 */
/* What a transport makes of a reference: the images that it offers, and the contents of one. */
#pragma once
#include "harness/engine.h"
#include "harness/layout.h"
#include "harness/manifest.h"
#include "harness/reference.h"
#include "harness/unpack.h"

struct offer {
    const struct platform *platform; /* NULL: none of ours, or only its files tell */
    const char *platform_text;       /* NULL: only its files tell */
    const char *index_digest;        /* NULL: not chosen from an index */
    struct descriptor manifest;
    struct docker_image docker;
    const struct engine_image *engine; /* of the pool */
};

struct offers {
    struct offer *items; /* heap */
    size_t count;
};

struct contents {
    const char *manifest_digest, *config_digest; /* NULL: there is none */
    struct config_document config;
    struct unpack_layer *layers; /* of the pool */
    size_t layer_count;
    const char *directory; /* instead of layers: the root itself */
};

struct transport {
    const char *name;
    bool archive; /* its layout is in a tar file */
    bool flat;    /* its layout is as dir: has it */
    bool engine;  /* an engine has it, and writes an archive of it */
    bool remote;  /* its layout is the store, and what is not there comes from a registry */
    bool (*offer)(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e);
    bool (*load)(struct pool *pool, const struct layout *layout, const struct offer *o,
                 struct contents *ret, struct error *e);
};

extern const struct transport transport_rootfs, transport_tar, transport_oci, transport_oci_archive,
    transport_docker_archive, transport_docker, transport_dir, transport_docker_daemon,
    transport_containers_storage;
