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
        return error_set(e, ERROR_USAGE,
                         "the cache %s belongs to user %u, not to you: give another one with "
                         "--cache or XDG_CACHE_HOME",
                         path, (unsigned)st.st_uid);
    return (st.st_mode & 0022) == 0 || chmod(path, st.st_mode & 07755) == 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot close the cache %s to others", path);
}

/* Images hold setuid programs, and files that are nobody else's business. */
static bool make_part(const char *path, struct error *e)
{
    struct stat st;
    if (!file_make_dirs(path, e))
        return false;
    if (stat(path, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot use the cache %s", path);
    return (st.st_mode & 0077) == 0 || chmod(path, 0700) == 0 || errno == EROFS ||
           error_errno(e, ERROR_RUN, errno, "cannot close the cache %s to others", path);
}

static bool make_parts(const struct store *s, struct error *e)
{
    static const char *const parts[] = {"roots", "roots/sha256", "blobs", "blobs/sha256", "images",
                                        "refs",  "memo",         "lock",  "work"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        CLEANUP_FREE char *part = must_printf("%s/%s", s->path, parts[i]);
        if (!make_part(part, e))
            return false;
    }
    return true;
}

static bool begin_session(struct store *s, struct error *e)
{
    CLEANUP_FREE char *blobs = must_printf("%s/blobs", s->path);
    int fd = open(blobs, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = -1;
    if (fd >= 0)
        do /* waits for whoever takes blobs away */
            result = flock(fd, LOCK_SH);
        while (result < 0 && errno == EINTR);
    if (result < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot lock %s", blobs);
        if (fd >= 0)
            close(fd);
        return false;
    }
    s->session = fd;
    return true;
}

bool store_take_alone(const struct store *s)
{
    if (flock(s->session, LOCK_EX | LOCK_NB) == 0)
        return true;
    store_share(s); /* a conversion that fails has given the old lock up */
    return false;
}

void store_share(const struct store *s)
{
    while (flock(s->session, LOCK_SH) < 0 && errno == EINTR)
        continue;
}

/* The work of a process that died; a lock of its own says that it is not. What cannot be removed
 * now is tried again next time. */
static void remove_leftover(const struct store *s, const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/lock/%s", s->path, name);
    CLEANUP_FREE char *work = must_printf("%s/work/%s", s->path, name);
    struct store_lock lock;
    struct error ignored = ERROR_INIT;
    if (!store_lock_try(path, &lock))
        return;
    if (!file_remove_tree(work, &ignored))
        error_clear(&ignored);
    store_lock_release(&lock);
}

static void remove_leftovers(const struct store *s, const char *part)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", s->path, part);
    CLEANUP_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    CLEANUP_NAMES struct tree_names names = tree_list(fd, ".", LEFTOVER_LIMIT);
    for (size_t i = 0; i < names.count; i++)
        remove_leftover(s, names.items[i]);
}

bool store_open(struct store *s, const char *dir, struct error *e)
{
    *s = (struct store){.path = dir && *dir ? must_strdup(dir) : default_path(e), .session = -1};
    if (!s->path || !file_make_dirs(s->path, e) || !check_owner(s->path, e) || !make_parts(s, e) ||
        !begin_session(s, e)) {
        store_close(s);
        return false;
    }
    remove_leftovers(s, "work");
    remove_leftovers(s, "lock");
    return true;
}

void store_close(struct store *s)
{
    if (!s->path)
        return;
    if (s->session >= 0)
        close(s->session);
    free(s->path);
    *s = (struct store){0};
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
    CLEANUP_FREE char *path = must_printf("%s/memo/%s", s->path, key + strlen("sha256:"));
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
    CLEANUP_FREE char *path = must_printf("%s/memo/%s", s->path, key + strlen("sha256:"));
    return file_publish(path, digest, strlen(digest), e);
}
