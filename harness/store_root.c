/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/store.h"
#include "harness/store_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *hex_of(const char *digest)
{
    return digest + strlen("sha256:");
}

static char *root_dir(const struct store *s, const char *chain)
{
    return must_printf("%s/roots/sha256/%s", s->path, hex_of(chain));
}

/* ---- finding ---- */

char *store_root_fault(const struct store *s, const char *chain)
{
    CLEANUP_FREE char *dir = root_dir(s, chain);
    struct store_seal seal;
    struct error e = ERROR_INIT;
    if (access(dir, F_OK) < 0 || store_seal_check(dir, &seal, &e))
        return NULL;
    return e.message;
}

char *store_root(const struct store *s, const char *chain)
{
    CLEANUP_FREE char *dir = root_dir(s, chain);
    CLEANUP_FREE char *rootfs = must_printf("%s/rootfs", dir);
    struct store_seal seal;
    struct error ignored = ERROR_INIT; /* not there, or not good: unpacked again */
    if (access(dir, F_OK) == 0 && store_seal_check(dir, &seal, &ignored))
        return realpath(rootfs, NULL);
    error_clear(&ignored);
    return NULL;
}

/* ---- in use ---- */

/* The root's own directory is what is locked: nothing is left of a pin, and a store that cannot be
 * written to has them too. -1 with errno: ENOENT when it is gone, EWOULDBLOCK (with LOCK_NB) when
 * somebody holds it in another way. */
static int lock_root(const char *dir, int operation)
{
    struct stat held, named;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), result = -1;
    if (fd < 0)
        return -1;
    do
        result = flock(fd, operation);
    while (result < 0 && errno == EINTR);
    int reason = result < 0 ? errno : ENOENT;
    if (result == 0 && fstat(fd, &held) == 0 && stat(dir, &named) == 0 &&
        held.st_ino == named.st_ino && held.st_dev == named.st_dev)
        return fd;
    close(fd);
    errno = reason;
    return -1;
}

bool store_pin(const struct store *s, const char *chain, struct store_pins *pins)
{
    CLEANUP_FREE char *dir = root_dir(s, chain);
    int fd = lock_root(dir, LOCK_SH);
    if (fd < 0)
        return false;
    futimens(fd, NULL); /* its last use; a store on a read-only file system has none */
    *ARRAY_ADD(&pins->items, &pins->count) = fd;
    return true;
}

void store_unpin(struct store_pins *pins)
{
    for (size_t i = 0; i < pins->count; i++)
        close(pins->items[i]);
    free(pins->items);
    *pins = (struct store_pins){NULL, 0};
}

/* ---- making ---- */

bool store_lock(const struct store *s, const char *key, struct store_work *ret, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/lock/%s", s->path, hex_of(key));
    *ret = (struct store_work){.dir = NULL};
    return store_lock_take(path, &ret->lock, e);
}

bool store_work_start(const struct store *s, const char *key, struct store_work *w, struct error *e)
{
    CLEANUP_FREE char *dir = must_printf("%s/work/%s", s->path, hex_of(key));
    if (!file_remove_tree(dir, e))
        return false;
    if (mkdir(dir, 0755) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make directory %s", dir);
    w->dir = must_strdup(dir);
    return true;
}

void store_work_done(struct store_work *w)
{
    struct error ignored = ERROR_INIT; /* the next run tries again */
    if (w->dir && !file_remove_tree(w->dir, &ignored))
        error_clear(&ignored);
    free(w->dir);
    store_lock_release(&w->lock);
    *w = (struct store_work){.dir = NULL};
}

/* The damaged one changes places with the new one, and goes away with the work that is done. */
static bool replace(const char *made, const char *damaged, struct error *e)
{
    CLEANUP_CLOSE int fd = lock_root(damaged, LOCK_EX | LOCK_NB);
    if (fd < 0)
        return error_set(e, ERROR_RUN, "%s is damaged, and in use: try again when that has ended",
                         damaged);
    return renameat2(AT_FDCWD, made, AT_FDCWD, damaged, RENAME_EXCHANGE) == 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot replace %s", damaged);
}

/* Under the root's own lock. */
static bool put_in_place(const struct store *s, const char *made, const char *chain,
                         struct error *e)
{
    CLEANUP_FREE char *target = root_dir(s, chain);
    CLEANUP_FREE char *parent = must_printf("%s/roots/sha256", s->path);
    CLEANUP_FREE char *there = store_root(s, chain);
    if (there)
        return true;
    if (renameat2(AT_FDCWD, made, AT_FDCWD, target, RENAME_NOREPLACE) < 0) {
        if (errno != EEXIST)
            return error_errno(e, ERROR_RUN, errno, "cannot publish %s", target);
        if (!replace(made, target, e))
            return false;
    }
    return file_sync_dir(parent, e);
}

static bool lock_place(const struct store *s, const char *chain, struct store_lock *ret,
                       struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/lock/root-%s", s->path, hex_of(chain));
    return store_lock_take(path, ret, e);
}

bool store_publish(const struct store *s, struct store_work *w, const char *chain, struct error *e)
{
    struct store_lock lock;
    if (!store_seal_make(w->dir, e) || !lock_place(s, chain, &lock, e))
        return false;
    bool ok = put_in_place(s, w->dir, chain, e);
    store_lock_release(&lock);
    return ok;
}

/* ---- taking away ---- */

/* Out of sight in one step; what a killed process leaves of it is removed by who comes next. */
static enum store_removal take_away(const struct store *s, const char *chain, struct error *e)
{
    CLEANUP_FREE char *dir = root_dir(s, chain);
    CLEANUP_FREE char *trash = must_printf("%s/work/root-%s", s->path, hex_of(chain));
    CLEANUP_CLOSE int fd = lock_root(dir, LOCK_EX | LOCK_NB);
    if (fd < 0 && (errno == EWOULDBLOCK || errno == ENOENT))
        return errno == ENOENT ? STORE_REMOVED : STORE_IN_USE;
    if (fd >= 0 && !file_remove_tree(trash, e))
        return STORE_FAILED;
    if (fd < 0 || rename(dir, trash) < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot remove %s", dir);
        return STORE_FAILED;
    }
    return file_remove_tree(trash, e) ? STORE_REMOVED : STORE_FAILED;
}

enum store_removal store_remove_root(const struct store *s, const char *chain, struct error *e)
{
    struct store_lock lock;
    if (!lock_place(s, chain, &lock, e))
        return STORE_FAILED;
    enum store_removal result = take_away(s, chain, e);
    store_lock_release(&lock);
    return result;
}
