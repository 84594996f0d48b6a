/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/store_contents.h"
#include "harness/base/file.h"
#include "harness/manifest.h"
#include "harness/store_seal.h"
#include "harness/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INDEX_DEPTH = 4, FILE_LIMIT = 1000 * 1000 };

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- reading ---- */

/* Of a folder of the store the names that are 64 hexadecimal digits. */
static struct tree_names list(const struct store *s, const char *part)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", s->path, part);
    struct error ignored = ERROR_INIT; /* not there: empty */
    CLEANUP_CLOSE int fd = tree_open_root(path, &ignored);
    error_clear(&ignored);
    struct tree_names all = {NULL, 0};
    if (fd >= 0)
        all = tree_list(fd, ".", FILE_LIMIT);
    size_t kept = 0;
    for (size_t i = 0; i < all.count; i++) {
        CLEANUP_FREE char *digest = must_printf("sha256:%s", all.items[i]);
        if (sha256_valid(digest))
            all.items[kept++] = all.items[i];
        else
            free(all.items[i]);
    }
    all.count = kept;
    return all;
}

static void add_image(struct store_contents *c, const char *part, const char *key, bool reference)
{
    struct stored_image item = {.key = pool_intern(c->pool, key), .is_reference = reference};
    struct store_ref ref;
    struct stat st;
    struct error ignored = ERROR_INIT; /* `verify` tells what is damaged */
    CLEANUP_FREE char *path = must_printf("%s/%s/%s", c->store->path, part, key);
    bool good = reference
                    ? store_read_ref(c->store, c->pool, key, &item.image.reference, &ref, &ignored)
                    : store_read_image(c->store, c->pool, key, &item.image, &ignored);
    error_clear(&ignored);
    if (!good || stat(path, &st) < 0)
        return;
    if (reference)
        item.image.manifest = ref.digest;
    item.used = nanoseconds(st.st_mtim);
    *ARRAY_ADD(&c->images, &c->image_count) = item;
}

static void read_images(struct store_contents *c, const char *part, bool reference)
{
    CLEANUP_NAMES struct tree_names names = list(c->store, part);
    for (size_t i = 0; i < names.count; i++)
        add_image(c, part, names.items[i], reference);
}

static uint64_t size_of_blob(const struct store *s, const char *digest)
{
    CLEANUP_FREE char *path = store_blob_path(s, digest);
    struct stat st;
    return stat(path, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

static uint64_t size_of_root(const struct store *s, const char *digest)
{
    CLEANUP_FREE char *dir = must_printf("%s/roots/sha256/%s", s->path, digest + strlen("sha256:"));
    struct store_seal seal;
    struct error ignored = ERROR_INIT;
    bool good = store_seal_check(dir, &seal, &ignored);
    error_clear(&ignored);
    return good ? seal.tree.bytes : 0;
}

static void read_parts(struct store_contents *c, const char *part,
                       uint64_t (*size)(const struct store *s, const char *digest),
                       struct stored_part **ret, size_t *ret_count)
{
    CLEANUP_NAMES struct tree_names names = list(c->store, part);
    for (size_t i = 0; i < names.count; i++) {
        const char *digest = pool_printf(c->pool, "sha256:%s", names.items[i]);
        *ARRAY_ADD(ret, ret_count) = (struct stored_part){digest, size(c->store, digest), 0, 0};
    }
}

/* A reference is as fresh as the images that were opened by it. */
static void refresh_references(struct store_contents *c)
{
    for (size_t r = 0; r < c->image_count; r++)
        for (size_t i = 0; c->images[r].is_reference && i < c->image_count; i++)
            if (c->images[i].used > c->images[r].used &&
                strcmp(c->images[i].image.reference, c->images[r].image.reference) == 0)
                c->images[r].used = c->images[i].used;
}

bool store_contents_lists(const struct store_contents *c, const struct stored_image *image)
{
    for (size_t i = 0; image->is_reference && i < c->image_count; i++)
        if (!c->images[i].is_reference &&
            strcmp(c->images[i].image.reference, image->image.reference) == 0)
            return false;
    return true;
}

static int compare_use(const void *a, const void *b)
{
    const struct stored_image *x = a, *y = b;
    if (x->used != y->used)
        return x->used < y->used ? -1 : 1;
    return strcmp(x->image.reference, y->image.reference);
}

void store_contents_read(const struct store *s, struct store_contents *ret)
{
    *ret = (struct store_contents){.store = s, .pool = pool_new()};
    read_images(ret, "images", false);
    read_images(ret, "refs", true);
    read_parts(ret, "roots/sha256", size_of_root, &ret->roots, &ret->root_count);
    read_parts(ret, "blobs/sha256", size_of_blob, &ret->blobs, &ret->blob_count);
    refresh_references(ret);
    if (ret->image_count > 0)
        qsort(ret->images, ret->image_count, sizeof *ret->images, compare_use);
    store_contents_mark(ret);
}

void store_contents_done(struct store_contents *c)
{
    free(c->images);
    free(c->roots);
    free(c->blobs);
    pool_free(c->pool);
    *c = (struct store_contents){.store = NULL};
}

/* ---- what is for whom ---- */

static int compare_part(const void *digest, const void *part)
{
    return strcmp(digest, ((const struct stored_part *)part)->digest);
}

/* The part, or NULL when it is not there. */
static struct stored_part *mark(struct stored_part *parts, size_t count, const char *digest,
                                struct stored_image *image, size_t number)
{
    struct stored_part *p =
        count > 0 ? bsearch(digest, parts, count, sizeof *parts, compare_part) : NULL;
    if (!p)
        return NULL;
    if (p->mark != number)
        image->bytes += p->bytes;
    p->mark = number;
    if (!image->leaving && p->used < image->used)
        p->used = image->used;
    return p;
}

static void mark_document(struct store_contents *c, const char *digest, struct stored_image *image,
                          size_t number, int depth);

static void mark_children(struct store_contents *c, const char *json, size_t length,
                          struct stored_image *image, size_t number, int depth)
{
    struct error ignored = ERROR_INIT; /* damaged: nobody can use what it refers to */
    if (manifest_is_index(NULL, json, length)) {
        struct index_document index = {NULL, 0};
        if (index_parse(c->pool, json, length, &index, &ignored))
            for (size_t i = 0; i < index.count; i++)
                mark_document(c, index.items[i].digest, image, number, depth + 1);
    } else {
        struct manifest_document m = {.layers = NULL};
        if (manifest_parse(c->pool, json, length, &m, &ignored)) {
            mark(c->blobs, c->blob_count, m.config.digest, image, number);
            for (size_t i = 0; i < m.layer_count; i++)
                mark(c->blobs, c->blob_count, m.layers[i].digest, image, number);
        }
    }
    error_clear(&ignored);
}

static void mark_document(struct store_contents *c, const char *digest, struct stored_image *image,
                          size_t number, int depth)
{
    if (depth > INDEX_DEPTH || !mark(c->blobs, c->blob_count, digest, image, number))
        return;
    size_t length;
    struct error ignored = ERROR_INIT;
    CLEANUP_FREE char *path = store_blob_path(c->store, digest);
    CLEANUP_FREE char *json = file_read(path, MANIFEST_BYTES, &length, &ignored);
    error_clear(&ignored);
    if (json)
        mark_children(c, json, length, image, number, depth);
}

static void forget(struct stored_part *p)
{
    p->used = 0;
    p->mark = 0;
}

void store_contents_mark(struct store_contents *c)
{
    for (size_t i = 0; i < c->root_count; i++)
        forget(&c->roots[i]);
    for (size_t i = 0; i < c->blob_count; i++)
        forget(&c->blobs[i]);
    for (size_t i = 0; i < c->image_count; i++) {
        struct stored_image *image = &c->images[i];
        image->bytes = 0;
        if (image->image.chain)
            mark(c->roots, c->root_count, image->image.chain, image, i + 1);
        if (image->image.manifest)
            mark_document(c, image->image.manifest, image, i + 1, 0);
    }
}

uint64_t store_contents_bytes(const struct store_contents *c, int64_t since)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < c->root_count; i++)
        bytes += c->roots[i].used >= since ? c->roots[i].bytes : 0;
    for (size_t i = 0; i < c->blob_count; i++)
        bytes += c->blobs[i].used >= since ? c->blobs[i].bytes : 0;
    return bytes;
}
