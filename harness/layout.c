/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layout.h"
#include "harness/base/pool.h"
#include "harness/registry/registry.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bytes *layout_open(const struct layout *l, const char *name, bool *ret_found,
                          struct error *e)
{
    if (l->archive)
        return bytes_of_member(l->path, name, ret_found, e);
    CLEANUP_FREE char *path = must_printf("%s/%s", l->path, name);
    *ret_found = access(path, F_OK) == 0;
    return bytes_of_file(path, e);
}

char *layout_read(const struct layout *l, const char *name, size_t limit, size_t *ret_length,
                  struct error *e)
{
    bool found;
    CLEANUP_BYTES struct bytes *b = layout_open(l, name, &found, e);
    return b ? bytes_read_all(b, name, limit, ret_length, e) : NULL;
}

char *layout_blob_name(const struct layout *l, const char *digest)
{
    return must_printf("%s%s", l->flat ? "" : "blobs/sha256/", digest + strlen("sha256:"));
}

/* A flat layout has its only manifest or its index as manifest.json, and the manifests of an index
 * as HEX.manifest.json; which of them it is, the digest decides. */
static char *document_name(const struct layout *l, const char *digest)
{
    char *name = layout_blob_name(l, digest);
    for (int i = 0; l->flat && i < 2; i++) {
        CLEANUP_FREE char *path = must_printf("%s/%s", l->path, name);
        if (access(path, F_OK) == 0)
            break;
        free(name);
        name = i > 0 ? must_strdup("manifest.json")
                     : must_printf("%s.manifest.json", digest + strlen("sha256:"));
    }
    return name;
}

char *layout_read_blob(const struct layout *l, const char *digest, int64_t size, size_t limit,
                       size_t *ret_length, struct error *e)
{
    CLEANUP_FREE char *name = document_name(l, digest);
    bool found;
    if (size != BYTES_ANY_SIZE && (uint64_t)size > limit) {
        error_set(e, ERROR_RUN, "%s is said to have %lld bytes, more than %zu", name,
                  (long long)size, limit);
        return NULL;
    }
    CLEANUP_FREE char *what = must_printf("blob %s", digest);
    struct bytes_claim claim = {.what = what, .digest = digest, .size = size};
    CLEANUP_BYTES struct bytes *b = layout_open(l, name, &found, e);
    if (!b)
        return NULL;
    b = bytes_verify(b, &claim);
    return bytes_read_all(b, name, limit, ret_length, e);
}

char *layout_read_document(const struct layout *l, const struct descriptor *d, size_t *ret_length,
                           struct error *e)
{
    return l->remote ? registry_read(l->remote, d, MANIFEST_BYTES, ret_length, e)
                     : layout_read_blob(l, d->digest, d->size, MANIFEST_BYTES, ret_length, e);
}

bool layout_fetch(const struct layout *l, const struct descriptor *blobs, size_t count,
                  struct error *e)
{
    return !l->remote || registry_fetch(l->remote, blobs, count, e);
}
