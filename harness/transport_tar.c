/* SPDX-License-Identifier: Apache-2.0 */
/* tar:FILE, a root file system in a tar file, compressed or not: an image of one layer. */
#include "harness/offer.h"

#include <errno.h>
#include <sys/stat.h>

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    (void)pool, (void)r;
    struct stat st;
    if (stat(layout->path, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open %s", layout->path);
    if (S_ISDIR(st.st_mode))
        return error_set(e, ERROR_RUN, "%s is a directory (did you mean rootfs:%s?)", layout->path,
                         layout->path);
    *ARRAY_ADD(&ret->items, &ret->count) = (struct offer){0};
    return true;
}

static bool load(struct pool *pool, const struct layout *layout, const struct offer *o,
                 struct contents *ret, struct error *e)
{
    (void)layout, (void)o, (void)e;
    struct unpack_layer *layer = pool_alloc(pool, sizeof *layer);
    layer->size = BYTES_ANY_SIZE;
    *ret = (struct contents){.layers = layer, .layer_count = 1, .config = {.user = ""}};
    return true;
}

const struct transport transport_tar = {
    .name = "tar", .archive = true, .offer = offer, .load = load};
