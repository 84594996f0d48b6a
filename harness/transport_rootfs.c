/* SPDX-License-Identifier: Apache-2.0 */
/* rootfs:DIR, a directory that is a root file system already. */
#include "harness/offer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    (void)pool, (void)r;
    struct stat st;
    if (stat(layout->path, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open %s", layout->path);
    if (!S_ISDIR(st.st_mode))
        return error_set(e, ERROR_RUN, "%s is not a directory (did you mean tar:%s?)", layout->path,
                         layout->path);
    *ARRAY_ADD(&ret->items, &ret->count) = (struct offer){0};
    return true;
}

static bool load(struct pool *pool, const struct layout *layout, const struct offer *o,
                 struct contents *ret, struct error *e)
{
    (void)o;
    char *real = realpath(layout->path, NULL);
    if (!real)
        return error_errno(e, ERROR_RUN, errno, "cannot open %s", layout->path);
    *ret = (struct contents){.directory = pool_intern(pool, real), .config = {.user = ""}};
    free(real);
    return true;
}

const struct transport transport_rootfs = {.name = "rootfs", .offer = offer, .load = load};
