/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/engine_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool save(struct engine *g, const char *name, const char *path, struct error *e)
{
    CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot write %s", path);
    return engine_save(g, name, fd, e);
}

/* The layers are those that the engine told before, unless the name has moved on meanwhile. */
static bool take_layers(struct contents *c, const struct contents *found, const char *name,
                        struct error *e)
{
    bool same = found->layer_count == c->layer_count;
    for (size_t i = 0; same && i < c->layer_count; i++)
        same = strcmp(found->layers[i].diff_id, c->layers[i].diff_id) == 0;
    if (!same)
        return error_set(e, ERROR_RUN,
                         "the archive that the engine sent of %s is another image's: "
                         "was it built anew meanwhile? Try again",
                         name);
    c->layers = found->layers;
    return true;
}

static bool read_archive(struct pool *pool, const char *path, const char *name, struct contents *c,
                         struct error *e)
{
    const struct transport *t = &transport_docker_archive;
    const struct layout layout = {.path = path, .archive = true};
    const struct reference any = {.path = path, .index = REFERENCE_NO_INDEX};
    struct offers offers = {NULL, 0};
    struct contents found;
    bool ok = t->offer(pool, &layout, &any, &offers, e) &&
              t->load(pool, &layout, &offers.items[0], &found, e);
    free(offers.items);
    return ok ? take_layers(c, &found, name, e)
              : error_context(e, "the archive that the engine sent of %s", name);
}

bool engine_archive_fetch(struct engine *g, const struct store *s, struct pool *pool,
                          const char *name, struct contents *c, struct engine_archive *ret,
                          struct error *e)
{
    char chain[SHA256_TEXT_SIZE], key[SHA256_TEXT_SIZE];
    unpack_chain_of(c->layers, c->layer_count, chain);
    CLEANUP_FREE char *what = must_printf("archive of %s", chain); /* not the key of its root */
    sha256_of(what, strlen(what), key);
    if (!store_lock(s, key, &ret->work, e))
        return false;
    CLEANUP_FREE char *root = store_root(s, chain);
    if (root)
        return true;
    if (!store_work_start(s, key, &ret->work, e))
        return false;
    ret->path = must_printf("%s/archive.tar", ret->work.dir);
    return save(g, name, ret->path, e) && read_archive(pool, ret->path, name, c, e);
}

void engine_archive_done(struct engine_archive *a)
{
    store_work_done(&a->work);
    free(a->path);
    a->path = NULL;
}
