/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sweep {
    int top;          /* the directory that is emptied */
    unsigned counter; /* for the names of directories that were moved up */
};

static int open_directory(int parent, const char *name)
{
    struct stat st;
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
        return -1;
    fchmodat(parent, name, 0700, 0);
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Moves a directory up beside its parent: neither recursion nor path length grows with depth. */
static bool move_up(struct sweep *s, int from, const char *name)
{
    char to[32];
    fchmodat(from, name, 0700, 0); /* moving writes its ".." */
    do
        snprintf(to, sizeof to, "~%u", s->counter++);
    while (renameat2(from, name, s->top, to, RENAME_NOREPLACE) < 0 && errno == EEXIST);
    return faccessat(from, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0;
}

/* Leaves the directory empty; its subdirectories are then in s->top. */
static bool empty_into_top(struct sweep *s, int fd)
{
    DIR *dir = fdopendir(fd);
    bool fine = dir != NULL;
    for (struct dirent *entry; fine && (entry = readdir(dir));) {
        if (is_dots(entry->d_name) || unlinkat(fd, entry->d_name, 0) == 0)
            continue;
        fine = unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0 || move_up(s, fd, entry->d_name);
    }
    if (dir)
        closedir(dir);
    else
        close(fd);
    return fine;
}

/* One pass over the top directory; ret_more tells whether something was moved up meanwhile. */
static bool pass(struct sweep *s, bool *ret_more)
{
    int fd = openat(s->top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    bool fine = dir != NULL;
    *ret_more = false;
    for (struct dirent *entry; fine && (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (is_dots(name) || unlinkat(s->top, name, 0) == 0 ||
            unlinkat(s->top, name, AT_REMOVEDIR) == 0)
            continue;
        int below = open_directory(s->top, name);
        *ret_more = true;
        fine = below >= 0 && empty_into_top(s, below) && unlinkat(s->top, name, AT_REMOVEDIR) == 0;
    }
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
    return fine;
}

bool sweep_directory(int parent, const char *name)
{
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return true;
    struct sweep s = {.top = open_directory(parent, name)};
    bool fine = s.top >= 0;
    for (bool more = true; fine && more;)
        fine = pass(&s, &more);
    if (s.top >= 0)
        close(s.top);
    return fine && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}
