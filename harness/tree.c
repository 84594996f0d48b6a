/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tree.h"
#include "harness/base/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int tree_open_root(const char *path, struct error *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        error_errno(e, ERROR_RUN, errno, "cannot open directory %s", path);
    return fd;
}

static int open_beneath(int root, const char *path, int flags, mode_t mode, uint64_t resolve)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = mode,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
    };
    long fd;
    do /* EAGAIN: something was renamed while ".." was resolved; the kernel asks us to try again */
        fd = syscall(SYS_openat2, root, path, &how, sizeof how);
    while (fd < 0 && (errno == EAGAIN || errno == EINTR));
    return (int)fd;
}

int tree_open(int root, const char *path, int flags, mode_t mode)
{
    return open_beneath(root, path, flags, mode, 0);
}

int tree_open_straight(int root, const char *path, int flags)
{
    return open_beneath(root, path, flags, 0, RESOLVE_NO_SYMLINKS);
}

static enum tree_kind kind_of_error(int root, const char *path)
{
    if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
        return TREE_UNREADABLE;
    int reason = errno;
    CLEANUP_CLOSE int fd = tree_open(root, path, O_PATH | O_NOFOLLOW, 0);
    return fd >= 0 || reason == ELOOP ? TREE_DANGLING : TREE_ABSENT;
}

static enum tree_kind kind_of_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return TREE_FILE;
    case S_IFDIR:
        return TREE_DIRECTORY;
    case S_IFLNK:
        return TREE_LINK;
    default:
        return TREE_OTHER;
    }
}

static enum tree_kind look(int root, const char *path, int flags, struct stat *ret_stat)
{
    CLEANUP_CLOSE int fd = tree_open(root, path, O_PATH | flags, 0);
    struct stat st;
    if (fd < 0)
        return kind_of_error(root, path);
    if (fstat(fd, &st) < 0)
        return TREE_UNREADABLE;
    if (ret_stat)
        *ret_stat = st;
    return kind_of_mode(st.st_mode);
}

enum tree_kind tree_kind(int root, const char *path, struct stat *ret_stat)
{
    return look(root, path, 0, ret_stat);
}

enum tree_kind tree_kind_nofollow(int root, const char *path, struct stat *ret_stat)
{
    return look(root, path, O_NOFOLLOW, ret_stat);
}

static void descriptor_path(int fd, char ret[40])
{
    snprintf(ret, 40, "/proc/self/fd/%d", fd);
}

/* Opening a device may already do something, so the kind is known before the file is opened. */
static int open_regular(int root, const char *path)
{
    CLEANUP_CLOSE int found = tree_open(root, path, O_PATH, 0);
    struct stat st;
    if (found < 0 || fstat(found, &st) < 0 || !S_ISREG(st.st_mode))
        return -1;
    char name[40];
    descriptor_path(found, name);
    return open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

char *tree_read(int root, const char *path, size_t limit, size_t *ret_length)
{
    CLEANUP_CLOSE int fd = open_regular(root, path);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return NULL;
    size_t size = (uint64_t)st.st_size < limit ? (size_t)st.st_size : limit, length = 0;
    char *data = must_calloc(size + 1, 1);
    ssize_t n = 0;
    while (length < size && (n = read(fd, data + length, size - length)) > 0)
        length += (size_t)n;
    if (n < 0) {
        free(data);
        return NULL;
    }
    if (ret_length)
        *ret_length = length;
    return data;
}

static char *read_link(int fd, const char *path)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(fd, path, target, sizeof target - 1);
    if (n < 0)
        return NULL;
    target[n] = '\0';
    return must_strdup(target);
}

char *tree_link(int root, const char *path)
{
    CLEANUP_CLOSE int fd = tree_open(root, path, O_PATH | O_NOFOLLOW, 0);
    return fd < 0 ? NULL : read_link(fd, "");
}

char *tree_resolve(int root, const char *path)
{
    CLEANUP_CLOSE int fd = tree_open(root, path, O_PATH, 0);
    char name[40];
    if (fd < 0)
        return NULL;
    descriptor_path(fd, name);
    CLEANUP_FREE char *found = read_link(AT_FDCWD, name);
    descriptor_path(root, name);
    CLEANUP_FREE char *base = read_link(AT_FDCWD, name);
    size_t length = base ? strlen(base) : 0;
    if (!found || !base || strncmp(found, base, length) != 0)
        return NULL;
    if (strcmp(base, "/") == 0)
        return must_strdup(found);
    return must_strdup(found[length] ? found + length : "/");
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct tree_names tree_list(int root, const char *path, size_t limit)
{
    struct tree_names names = {NULL, 0};
    int fd = tree_open(root, path, O_RDONLY | O_DIRECTORY, 0);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return names;
    for (struct dirent *entry; names.count < limit && (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            *ARRAY_ADD(&names.items, &names.count) = must_strdup(entry->d_name);
    closedir(dir);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare_names);
    return names;
}

void tree_names_done(struct tree_names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->items[i]);
    free(n->items);
    *n = (struct tree_names){NULL, 0};
}
