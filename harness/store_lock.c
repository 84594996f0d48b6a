/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/store_lock.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int flock_fully(int fd, int operation)
{
    int result;
    do
        result = flock(fd, operation);
    while (result < 0 && errno == EINTR);
    return result;
}

/* The one before us removes the file while it still holds it: whoever waited then holds a file that
 * nobody else will ever find, and has to begin again. */
static bool is_current(int fd, const char *path)
{
    struct stat held, named;
    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

/* The descriptor, or -1 with errno. */
static int take(const char *path, int operation)
{
    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return -1;
        bool locked = flock_fully(fd, operation) == 0;
        if (locked && is_current(fd, path))
            return fd;
        int kept = errno;
        close(fd);
        if (!locked) {
            errno = kept;
            return -1;
        }
    }
}

bool store_lock_take(const char *path, struct store_lock *ret, struct error *e)
{
    int fd = take(path, LOCK_EX);
    if (fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot lock %s", path);
    *ret = (struct store_lock){fd, must_strdup(path)};
    return true;
}

bool store_lock_try(const char *path, struct store_lock *ret)
{
    int fd = take(path, LOCK_EX | LOCK_NB);
    if (fd < 0)
        return false;
    *ret = (struct store_lock){fd, must_strdup(path)};
    return true;
}

void store_lock_release(struct store_lock *l)
{
    if (!l->path)
        return;
    unlink(l->path);
    close(l->fd);
    free(l->path);
    *l = (struct store_lock){0, NULL};
}
