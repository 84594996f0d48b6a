/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/store.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "harness/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { LEFTOVER_LIMIT = 1000 };

static const char *hex_of(const char *digest)
{
    return digest + strlen("sha256:");
}

/* ---- opening ---- */

static char *default_path(struct error *e)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        return must_printf("%s/plimsoll", cache);
    if (home && *home == '/')
        return must_printf("%s/.cache/plimsoll", home);
    error_set(e, ERROR_USAGE, "no place for the cache: set XDG_CACHE_HOME or HOME");
    return NULL;
}

/* Roots are trusted later, so nobody else may have put them there. */
static bool check_owner(const char *path, struct error *e)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot use the cache %s", path);
    if (st.st_uid != geteuid())
        return error_set(e, ERROR_USAGE, "the cache %s belongs to user %u, not to you", path,
                         (unsigned)st.st_uid);
    return (st.st_mode & 0022) == 0 || chmod(path, st.st_mode & 07755) == 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot close the cache %s to others", path);
}

static void remove_leftover(const struct store *s, const char *name)
{
    CLEANUP_FREE char *lock = must_printf("%s/lock/%s", s->path, name);
    CLEANUP_FREE char *work = must_printf("%s/work/%s", s->path, name);
    CLEANUP_CLOSE int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    struct error ignored = ERROR_INIT; /* what cannot be removed now is tried again next time */
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && !file_remove_tree(work, &ignored))
        error_clear(&ignored);
}

static void remove_leftovers(const struct store *s)
{
    CLEANUP_FREE char *work = must_printf("%s/work", s->path);
    CLEANUP_CLOSE int fd = open(work, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    CLEANUP_NAMES struct tree_names names = tree_list(fd, ".", LEFTOVER_LIMIT);
    for (size_t i = 0; i < names.count; i++)
        remove_leftover(s, names.items[i]);
}

bool store_open(struct store *s, const char *dir, struct error *e)
{
    static const char *const parts[] = {"roots/sha256", "blobs/sha256", "refs",
                                        "memo",         "lock",         "work"};
    s->path = dir && *dir ? must_strdup(dir) : default_path(e);
    bool ok = s->path && file_make_dirs(s->path, e) && check_owner(s->path, e);
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++) {
        CLEANUP_FREE char *part = must_printf("%s/%s", s->path, parts[i]);
        ok = file_make_dirs(part, e);
    }
    if (!ok) {
        store_close(s);
        return false;
    }
    remove_leftovers(s);
    return true;
}

void store_close(struct store *s)
{
    free(s->path);
    s->path = NULL;
}

/* ---- roots ---- */

char *store_root(const struct store *s, const char *chain)
{
    CLEANUP_FREE char *path = must_printf("%s/roots/sha256/%s/rootfs", s->path, hex_of(chain));
    return access(path, F_OK) == 0 ? realpath(path, NULL) : NULL;
}

bool store_lock(const struct store *s, const char *key, struct store_work *ret, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/lock/%s", s->path, hex_of(key));
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the lock %s", path);
    int result;
    do
        result = flock(fd, LOCK_EX);
    while (result < 0 && errno == EINTR);
    if (result < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot lock %s", path);
        close(fd);
        return false;
    }
    *ret = (struct store_work){.lock = fd};
    return true;
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

static bool sync_all(const char *dir, struct error *e)
{
    CLEANUP_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || syncfs(fd) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot sync %s", dir);
    return true;
}

bool store_publish(const struct store *s, struct store_work *w, const char *chain, struct error *e)
{
    CLEANUP_FREE char *target = must_printf("%s/roots/sha256/%s", s->path, hex_of(chain));
    if (!sync_all(w->dir, e))
        return false;
    if (rename(w->dir, target) < 0 && errno != EEXIST && errno != ENOTEMPTY)
        return error_errno(e, ERROR_RUN, errno, "cannot publish %s", target);
    return true;
}

void store_work_done(struct store_work *w)
{
    struct error ignored = ERROR_INIT; /* the next run tries again */
    if (w->dir && !file_remove_tree(w->dir, &ignored))
        error_clear(&ignored);
    free(w->dir);
    if (w->lock > 0)
        close(w->lock);
    *w = (struct store_work){0};
}

/* ---- memo ---- */

bool store_file_key(const char *path, char ret[SHA256_TEXT_SIZE], struct error *e)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
    if (!S_ISREG(st.st_mode))
        return error_set(e, ERROR_RUN, "%s is not a regular file", path);
    CLEANUP_FREE char *real = realpath(path, NULL);
    CLEANUP_TEXT struct text t = TEXT_INIT;
    text_printf(&t, "%s\n%llu %llu %llu %lld.%ld %lld.%ld", real ? real : path,
                (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
                (unsigned long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
    sha256_of(t.data, t.length, ret);
    return true;
}

bool store_recall(const struct store *s, const char *key, char ret[SHA256_TEXT_SIZE])
{
    CLEANUP_FREE char *path = must_printf("%s/memo/%s", s->path, hex_of(key));
    struct error ignored = ERROR_INIT; /* not remembered: found out anew */
    CLEANUP_FREE char *digest = file_read(path, SHA256_TEXT_SIZE, NULL, &ignored);
    error_clear(&ignored);
    if (!digest || !sha256_valid(digest))
        return false;
    strcpy(ret, digest);
    return true;
}

bool store_remember(const struct store *s, const char *key, const char *digest, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/memo/%s", s->path, hex_of(key));
    return file_publish(path, digest, strlen(digest), e);
}
