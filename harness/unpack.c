/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/unpack.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/layer.h"
#include "harness/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void unpack_chain(char chain[SHA256_TEXT_SIZE], const char *diff_id)
{
    if (*chain == '\0') {
        strcpy(chain, diff_id);
        return;
    }
    CLEANUP_FREE char *both = must_printf("%s %s", chain, diff_id);
    sha256_of(both, strlen(both), chain);
}

void unpack_chain_of(const struct unpack_layer *layers, size_t count, char ret[SHA256_TEXT_SIZE])
{
    *ret = '\0';
    for (size_t i = 0; i < count && layers[i].diff_id; i++)
        unpack_chain(ret, layers[i].diff_id);
}

/* ---- layers under way ---- */

enum {
    AHEAD_LAYERS = 4, /* the one that is applied among them */
    HASH_BYTES = 1024 * 1024,
};

/* One layer between its blob and the root: read, verified and inflated in a thread of its own, its
 * tar hashed in another, as far ahead of the root as the limit of memory allows. */
struct stream {
    const char *name;
    struct bytes_claim packed, plain;
    struct bytes *bytes; /* NULL: not open */
};

static struct bytes *open_file(const struct layout *layout, const struct unpack_layer *layer,
                               struct error *e)
{
    bool found;
    return layer->member ? layout_open(layout, layer->member, &found, e)
                         : bytes_of_file(layout->path, e);
}

static bool open_stream(struct stream *s, const struct layout *layout,
                        const struct unpack_layer *layer, const struct layer_limits *limits,
                        struct error *e)
{
    s->name = layer->digest ? layer->digest : layer->member ? layer->member : layout->path;
    s->packed = (struct bytes_claim){.what = s->name,
                                     .digest = layer->digest,
                                     .size = layer->size,
                                     .count_only = !layer->digest};
    s->plain =
        (struct bytes_claim){.what = "its tar", .digest = layer->diff_id, .size = BYTES_ANY_SIZE};
    struct bytes *b = open_file(layout, layer, e);
    b = b ? bytes_inflate(bytes_verify(b, &s->packed), e) : NULL;
    if (!b)
        return false;
    b = bytes_ahead(layer_limits_watch(b, &s->packed.count, limits), HASH_BYTES);
    s->bytes = bytes_ahead(bytes_verify(b, &s->plain), limits->memory / AHEAD_LAYERS);
    return true;
}

static void close_stream(struct stream *s)
{
    bytes_close(s->bytes);
    s->bytes = NULL;
}

/* ---- a root ---- */

static bool write_record(const struct layers *l, const char *dir, struct error *e)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    CLEANUP_FREE char *path = must_printf("%s/record.json", dir);
    layers_record(l, &t);
    return file_publish(path, t.data, t.length, e);
}

struct unpacking {
    const struct store *store;
    struct pool *pool;
    const struct layout *layout;
    const struct layer_limits *limits;
    struct unpack_layer *layers;
    size_t count;
    char *chain; /* of SHA256_TEXT_SIZE */
};

/* Reading stopped somewhere; if the blob itself is not what it should be, that is the reason. */
static bool blame_blob(const struct unpacking *u, const struct unpack_layer *layer,
                       const struct stream *s, struct error *e)
{
    struct bytes_claim claim = {.what = "the blob", .digest = layer->digest, .size = layer->size};
    struct error fault = ERROR_INIT;
    struct bytes *b = layer->digest ? open_file(u->layout, layer, &fault) : NULL;
    b = b ? bytes_verify(b, &claim) : NULL;
    if (b && !bytes_drain(b, &fault)) {
        error_clear(e);
        *e = fault;
    } else {
        error_clear(&fault);
    }
    bytes_close(b);
    return error_context(e, "layer %s", s->name);
}

/* Applies the layers in order, while some of those after are already being read. */
static bool apply_all(const struct unpacking *u, struct layers *l, struct stream *streams,
                      struct error *e)
{
    for (size_t i = 0, opened = 0; i < u->count; i++) {
        for (; opened < u->count && opened < i + AHEAD_LAYERS; opened++)
            if (!open_stream(&streams[opened], u->layout, &u->layers[opened], u->limits, e))
                return blame_blob(u, &u->layers[opened], &streams[opened], e);
        if (!layers_apply(l, streams[i].bytes, e))
            return blame_blob(u, &u->layers[i], &streams[i], e);
        u->layers[i].diff_id = pool_intern(u->pool, streams[i].plain.actual);
        close_stream(&streams[i]);
    }
    return layers_finish(l, e);
}

static bool fill(const struct unpacking *u, struct layers *l, struct error *e)
{
    struct stream *streams = must_calloc(u->count, sizeof *streams);
    bool ok = apply_all(u, l, streams, e);
    for (size_t i = 0; i < u->count; i++)
        close_stream(&streams[i]);
    free(streams);
    return ok;
}

/* The root may hold setuid programs and devices of a stranger: its directory is for us alone. */
static bool build(const struct unpacking *u, const char *dir, struct error *e)
{
    if (chmod(dir, 0700) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot close %s to others", dir);
    CLEANUP_FREE char *rootfs = must_printf("%s/rootfs", dir);
    if (mkdir(rootfs, 0755) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make directory %s", rootfs);
    CLEANUP_CLOSE int root = tree_open_root(rootfs, e);
    if (root < 0)
        return false;
    struct layers *l = layers_new(root, u->limits);
    bool ok = fill(u, l, e) && write_record(l, dir, e);
    layers_free(l);
    return ok;
}

/* Under the lock of key. */
static bool build_and_publish(const struct unpacking *u, const char *key, struct store_work *work,
                              struct error *e)
{
    if (!store_work_start(u->store, key, work, e) || !build(u, work->dir, e))
        return false;
    unpack_chain_of(u->layers, u->count, u->chain);
    return store_publish(u->store, work, u->chain, e);
}

static bool has_root(const struct unpacking *u)
{
    CLEANUP_FREE char *root = store_root(u->store, u->chain);
    return root != NULL;
}

static bool unpack_known(const struct unpacking *u, struct error *e)
{
    unpack_chain_of(u->layers, u->count, u->chain);
    if (has_root(u))
        return true;
    char key[SHA256_TEXT_SIZE];
    strcpy(key, u->chain);
    struct store_work work = {0};
    bool ok = store_lock(u->store, key, &work, e) && /* somebody may have done it meanwhile */
              (has_root(u) || build_and_publish(u, key, &work, e));
    store_work_done(&work);
    return ok;
}

/* A file whose content no digest tells is known by what it is (name, size, times): read once, then
 * remembered until it changes. */
static bool recall(const struct unpacking *u, const char *key)
{
    if (!store_recall(u->store, key, u->chain) || !has_root(u))
        return false;
    u->layers[0].diff_id = pool_intern(u->pool, u->chain);
    return true;
}

static bool build_and_remember(const struct unpacking *u, const char *key, struct store_work *work,
                               struct error *e)
{
    char after[SHA256_TEXT_SIZE];
    if (!build_and_publish(u, key, work, e) || !store_file_key(u->layout->path, after, e))
        return false;
    return strcmp(key, after) == 0
               ? store_remember(u->store, key, u->chain, e)
               : error_set(e, ERROR_RUN, "%s changed while it was read", u->layout->path);
}

static bool unpack_unknown(const struct unpacking *u, struct error *e)
{
    char key[SHA256_TEXT_SIZE];
    if (!store_file_key(u->layout->path, key, e))
        return false;
    if (recall(u, key))
        return true;
    struct store_work work = {0};
    bool ok = store_lock(u->store, key, &work, e) &&
              (recall(u, key) || build_and_remember(u, key, &work, e));
    store_work_done(&work);
    return ok;
}

char *unpack_root(const struct store *store, struct pool *pool, const struct layout *layout,
                  const struct layer_limits *limits, struct unpack_layer *layers, size_t count,
                  char ret_chain[SHA256_TEXT_SIZE], struct error *e)
{
    struct unpacking u = {store, pool, layout, limits, layers, count, ret_chain};
    if (!(layers[0].diff_id ? unpack_known(&u, e) : unpack_unknown(&u, e)))
        return NULL;
    char *root = store_root(store, ret_chain);
    if (!root)
        error_set(e, ERROR_RUN, "the unpacked root of %s is gone from the cache", layout->path);
    return root;
}
