/* SPDX-License-Identifier: Apache-2.0 */
/* dir:DIR, one image (or an index and its images) as containers-transports(5) writes it: the
 * documents of an OCI layout under other names. */
#include "harness/oci_image.h"

#include <string.h>

enum { VERSION_BYTES = 1000 };

/* Older ones have no such file. */
static bool check_version(const struct layout *layout, struct error *e)
{
    static const char known[] = "Directory Transport Version: 1.";
    bool found;
    size_t length;
    struct error fault = ERROR_INIT;
    CLEANUP_BYTES struct bytes *b = layout_open(layout, "version", &found, &fault);
    CLEANUP_FREE char *text =
        b ? bytes_read_all(b, "version", VERSION_BYTES, &length, &fault) : NULL;
    error_clear(&fault);
    return !found || (text && strncmp(text, known, sizeof known - 1) == 0) ||
           error_set(e, ERROR_RUN, "%s/version is not that of a dir: image, \"%s1\"", layout->path,
                     known);
}

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    size_t length;
    char digest[SHA256_TEXT_SIZE];
    CLEANUP_FREE char *json = layout_read(layout, "manifest.json", MANIFEST_BYTES, &length, e);
    if (!json)
        return error_context(e, "%s is not a dir: image", r->path);
    if (!check_version(layout, e))
        return false;
    sha256_of(json, length, digest);
    struct descriptor top = {.digest = pool_intern(pool, digest), .size = (int64_t)length};
    if (!oci_image_offer(pool, layout, &top, ret, e))
        return false;
    return ret->count > 0 || error_set(e, ERROR_RUN, "no image in the index of %s", r->path);
}

const struct transport transport_dir = {
    .name = "dir", .flat = true, .offer = offer, .load = oci_image_load};
