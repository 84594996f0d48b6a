/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/bytes.h"
#include "harness/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *hex_of(const char *digest)
{
    return digest + strlen("sha256:");
}

char *store_blob_path(const struct store *s, const char *digest)
{
    return must_printf("%s/blobs/sha256/%s", s->path, hex_of(digest));
}

bool store_has_blob(const struct store *s, const char *digest, int64_t size)
{
    CLEANUP_FREE char *path = store_blob_path(s, digest);
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           (size == BYTES_ANY_SIZE || st.st_size == size);
}

bool store_blob_start(const struct store *s, const char *digest, int64_t size,
                      struct store_blob *ret, struct error *e)
{
    CLEANUP_FREE char *lock = must_printf("%s/lock/blob-%s", s->path, hex_of(digest));
    struct store_blob b = {.fd = -1};
    if (!store_lock_take(lock, &b.lock, e))
        return false;
    if (!store_has_blob(s, digest, size)) {
        b.path = must_printf("%s/work/blob-%s", s->path, hex_of(digest));
        b.fd = open(b.path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (b.fd < 0) {
            error_errno(e, ERROR_RUN, errno, "cannot write %s", b.path);
            store_blob_done(&b);
            return false;
        }
    }
    *ret = b;
    return true;
}

bool store_blob_publish(const struct store *s, struct store_blob *b, const char *digest,
                        struct error *e)
{
    CLEANUP_FREE char *target = store_blob_path(s, digest);
    CLEANUP_FREE char *parent = must_printf("%s/blobs/sha256", s->path);
    if (fsync(b->fd) < 0 || rename(b->path, target) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot publish %s", target);
    free(b->path);
    b->path = NULL;
    return file_sync_dir(parent, e);
}

void store_blob_done(struct store_blob *b)
{
    if (b->path)
        unlink(b->path);
    free(b->path);
    if (b->fd >= 0)
        close(b->fd);
    store_lock_release(&b->lock);
    *b = (struct store_blob){.fd = -1};
}

bool store_blob_verify(const struct store *s, const char *digest, char **ret_why)
{
    CLEANUP_FREE char *path = store_blob_path(s, digest);
    char actual[SHA256_TEXT_SIZE];
    struct error e = ERROR_INIT;
    if (!sha256_of_file(path, actual, NULL, &e)) {
        *ret_why = e.message;
        return false;
    }
    if (strcmp(actual, digest) == 0)
        return true;
    *ret_why = must_printf("its digest is %s", actual);
    return false;
}

bool store_blob_discard(const struct store *s, const char *digest, struct error *e)
{
    CLEANUP_FREE char *path = store_blob_path(s, digest);
    return file_remove_tree(path, e);
}
