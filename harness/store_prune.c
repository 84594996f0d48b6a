/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/store_prune.h"
#include "harness/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MEMO_DAYS = 30, FILE_LIMIT = 1000 * 1000 };

int64_t store_prune_cutoff(const struct store_contents *c, uint64_t limit)
{
    int64_t cutoff = 1;
    for (size_t i = 0; i < c->image_count && store_contents_bytes(c, cutoff) > limit; i++)
        if (c->images[i].used >= cutoff)
            cutoff = c->images[i].used + 1;
    return cutoff;
}

static bool remove_roots(const struct store_contents *c, int64_t cutoff, bool *in_use,
                         struct store_pruned *ret, struct error *e)
{
    for (size_t i = 0; i < c->root_count; i++) {
        const struct stored_part *root = &c->roots[i];
        if (root->used >= cutoff)
            continue;
        enum store_removal result = store_remove_root(c->store, root->digest, e);
        if (result == STORE_FAILED)
            return false;
        in_use[i] = result == STORE_IN_USE;
        ret->in_use += in_use[i];
        ret->roots += !in_use[i];
        ret->bytes += in_use[i] ? 0 : root->bytes;
    }
    return true;
}

static bool remove_blobs(const struct store_contents *c, int64_t cutoff, struct store_pruned *ret,
                         struct error *e)
{
    for (size_t i = 0; i < c->blob_count; i++) {
        if (c->blobs[i].used >= cutoff)
            continue;
        if (!store_blob_discard(c->store, c->blobs[i].digest, e))
            return false;
        ret->blobs++;
        ret->bytes += c->blobs[i].bytes;
    }
    return true;
}

static bool has_blob_to_remove(const struct store_contents *c, int64_t cutoff)
{
    for (size_t i = 0; i < c->blob_count; i++)
        if (c->blobs[i].used < cutoff)
            return true;
    return false;
}

/* Somebody who has the store open may be about to read any of them. */
static bool remove_blobs_alone(const struct store_contents *c, int64_t cutoff,
                               struct store_pruned *ret, struct error *e)
{
    if (!has_blob_to_remove(c, cutoff))
        return true;
    if (!store_take_alone(c->store)) {
        ret->blobs_in_use = true;
        return true;
    }
    bool ok = remove_blobs(c, cutoff, ret, e);
    store_share(c->store);
    return ok;
}

static bool root_is_in_use(const struct store_contents *c, const bool *in_use, const char *chain)
{
    for (size_t i = 0; chain && i < c->root_count; i++)
        if (in_use[i] && strcmp(c->roots[i].digest, chain) == 0)
            return true;
    return false;
}

static bool remove_images(const struct store_contents *c, int64_t cutoff, const bool *in_use,
                          struct store_pruned *ret, struct error *e)
{
    for (size_t i = 0; i < c->image_count; i++) {
        const struct stored_image *image = &c->images[i];
        if ((!image->leaving && image->used >= cutoff) ||
            root_is_in_use(c, in_use, image->image.chain))
            continue;
        CLEANUP_FREE char *path = must_printf("%s/%s/%s", c->store->path,
                                              image->is_reference ? "refs" : "images", image->key);
        if (unlink(path) < 0 && errno != ENOENT)
            return error_errno(e, ERROR_RUN, errno, "cannot remove %s", path);
        ret->images += store_contents_lists(c, image);
    }
    return true;
}

/* What was found out about files that may have changed or gone long ago, and what a process that
 * died left beside them: made again where it is missed. */
static void remove_old_memos(const struct store *s)
{
    CLEANUP_FREE char *path = must_printf("%s/memo", s->path);
    time_t oldest = time(NULL) - (time_t)MEMO_DAYS * 24 * 60 * 60;
    CLEANUP_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    CLEANUP_NAMES struct tree_names names = tree_list(fd, ".", FILE_LIMIT);
    for (size_t i = 0; i < names.count; i++) {
        struct stat st;
        if (fstatat(fd, names.items[i], &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            st.st_mtime < oldest)
            unlinkat(fd, names.items[i], 0);
    }
}

bool store_prune(struct store_contents *c, int64_t cutoff, struct store_pruned *ret,
                 struct error *e)
{
    bool *in_use = must_calloc(c->root_count + 1, sizeof *in_use);
    *ret = (struct store_pruned){0};
    store_contents_mark(c);
    bool ok = remove_roots(c, cutoff, in_use, ret, e) && remove_images(c, cutoff, in_use, ret, e) &&
              remove_blobs_alone(c, cutoff, ret, e);
    free(in_use);
    remove_old_memos(c->store);
    return ok;
}
