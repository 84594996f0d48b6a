/* SPDX-License-Identifier: Apache-2.0 */
/* From a reference to images: the main entrance of this part of the harness. */
#pragma once
#include "harness/base/error.h"
#include "harness/layer_limits.h"
#include "harness/memo.h"
#include "harness/model.h"
#include "harness/registry/registry.h"
#include "harness/store.h"

struct image_request {
    const char *name;      /* NULL: the reference itself */
    const char *reference; /* see reference.h */
    /* Those wanted. None: the host's if the image has it, else the first of ours that it has. */
    const struct platform *const *platforms;
    size_t platform_count;
    bool all_platforms;                      /* every one of ours that the image has */
    const char *cache_dir;                   /* NULL: the user's own, see store.h */
    const struct registry_options *registry; /* NULL: the usual, see registry/registry.h */
    bool fetch_only; /* of a registry: the blobs are fetched, nothing is unpacked or looked at */
    const struct layer_limits *limits; /* NULL: layer_default_limits */
    const struct memo *memo;           /* what is known of roots in the cache; may be NULL */
    struct store_pins *pins; /* keeps the roots in the cache until store_unpin(); may be NULL */
    /* Told what was wrong and could be mended: a damaged part of the cache. May be NULL. */
    void (*remark)(const char *text, void *data);
    void *remark_data;
};

/* Opens the reference and appends one image per platform to run->images: unpacked into the cache
 * (or the directory itself for rootfs:), verified, with its identity, config and facts. On failure
 * run->images is as before. ERROR_USAGE means that the reference or the request is wrong. */
bool image_open(struct run *run, const struct image_request *request,
                struct error *e) NONNULL MUST_CHECK;
