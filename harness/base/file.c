/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_read_fd(int fd, const char *name, size_t limit, size_t *ret_length, struct error *e)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    char buffer[16 * 1024];
    ssize_t n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0) {
        if (t.length + (size_t)n > limit) {
            error_set(e, ERROR_RUN, "%s is larger than %zu bytes", name, limit);
            return NULL;
        }
        text_add_n(&t, buffer, (size_t)n);
    }
    if (n < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot read %s", name);
        return NULL;
    }
    if (ret_length)
        *ret_length = t.length;
    return text_take(&t);
}

char *file_read(const char *path, size_t limit, size_t *ret_length, struct error *e)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
        return NULL;
    }
    return file_read_fd(fd, path, limit, ret_length, e);
}

bool file_write_all(int fd, const char *name, const void *data, size_t size, struct error *e)
{
    const char *p = data;
    while (size > 0) {
        ssize_t n = write(fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot write %s", name);
        p += n;
        size -= (size_t)n;
    }
    return true;
}

static bool write_and_sync(int fd, const char *name, const void *data, size_t size, struct error *e)
{
    if (!file_write_all(fd, name, data, size, e))
        return false;
    if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
        return error_errno(e, ERROR_RUN, errno, "cannot sync %s", name);
    return true;
}

bool file_sync_dir(const char *path, struct error *e)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* EACCES: one that may be written to and not read; EINVAL: no such thing in this file system */
    return (fd < 0 && errno == EACCES) || (fd >= 0 && (fsync(fd) == 0 || errno == EINVAL)) ||
           error_errno(e, ERROR_RUN, errno, "cannot sync %s", path);
}

static bool sync_parent(const char *path, struct error *e)
{
    const char *slash = strrchr(path, '/');
    CLEANUP_FREE char *parent =
        must_printf("%.*s", slash > path ? (int)(slash - path) : 1, slash ? path : ".");
    return file_sync_dir(parent, e);
}

static bool replace(const char *path, const void *data, size_t size, bool sync, struct error *e)
{
    CLEANUP_FREE char *temporary = must_printf("%s.XXXXXX", path);
    CLEANUP_CLOSE int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot write %s", path);
    mode_t mask = umask(0);
    umask(mask);
    bool ok =
        sync ? write_and_sync(fd, path, data, size, e) : file_write_all(fd, path, data, size, e);
    if (ok && (fchmod(fd, 0666 & ~mask) < 0 || rename(temporary, path) < 0))
        ok = error_errno(e, ERROR_RUN, errno, "cannot write %s", path);
    if (!ok)
        unlink(temporary);
    return ok;
}

bool file_replace(const char *path, const void *data, size_t size, struct error *e)
{
    return replace(path, data, size, false, e);
}

bool file_publish(const char *path, const void *data, size_t size, struct error *e)
{
    if (strcmp(path, "-") == 0)
        return file_write_all(STDOUT_FILENO, "standard output", data, size, e);
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* a pipe or /dev/stdout: no rename */
        CLEANUP_CLOSE int out = open(path, O_WRONLY | O_CLOEXEC);
        if (out < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot write %s", path);
        return file_write_all(out, path, data, size, e);
    }
    return replace(path, data, size, true, e) && sync_parent(path, e);
}

bool file_make_dirs(const char *path, struct error *e)
{
    CLEANUP_FREE char *part = must_strdup(path);
    for (char *slash = part + (*part != '\0');; slash++) {
        if (*slash != '/' && *slash != '\0')
            continue;
        char kept = *slash;
        *slash = '\0';
        if (mkdir(part, 0777) < 0 && errno != EEXIST)
            return error_errno(e, ERROR_RUN, errno, "cannot make directory %s", part);
        *slash = kept;
        if (kept == '\0')
            return true;
    }
}

static int remove_at(int parent, const char *name);

static int remove_entries(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    fchmod(fd, 0700); /* an image may bring directories that nobody can write to */
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int kept = errno;
        close(fd);
        errno = kept;
        return -1;
    }
    int failed = 0; /* errno of the first entry that stays */
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            remove_at(fd, entry->d_name) < 0 && !failed)
            failed = errno;
    closedir(dir);
    errno = failed;
    return failed ? -1 : 0;
}

static int remove_at(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -1;
    if (remove_entries(parent, name) < 0)
        return -1;
    return unlinkat(parent, name, AT_REMOVEDIR);
}

bool file_remove_tree_at(int dir, const char *name, struct error *e)
{
    if (remove_at(dir, name) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot remove %s", name);
    return true;
}

bool file_remove_tree(const char *path, struct error *e)
{
    return file_remove_tree_at(AT_FDCWD, path, e);
}
