/* SPDX-License-Identifier: Apache-2.0 */
/* The scratch directory of a check, and files in it. */
/* readdir() of a 32-bit glibc fails on 64-bit inode numbers without: */
#define _FILE_OFFSET_BITS 64
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *scratch_make(const char *parent, char *path, size_t size)
{
    static const char name[] = "/probe.XXXXXX";
    if (strlen(parent) + sizeof name > size) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    text_join(path, size, parent, name);
    return mkdtemp(path);
}

/* Depth is bounded, so that a check cannot make us run out of descriptors or stack. */
static void remove_below(int parent, const char *name, int depth)
{
    fchmodat(parent, name, 0700, 0);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(d));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0 || depth == 0)
            continue;
        remove_below(fd, entry->d_name, depth - 1);
        unlinkat(fd, entry->d_name, AT_REMOVEDIR);
    }
    closedir(d);
}

void scratch_remove(const char *path)
{
    if (rmdir(path) == 0) /* most checks leave nothing */
        return;
    remove_below(AT_FDCWD, path, 32);
    rmdir(path);
}

void write_file(const char *path, const char *content, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t size = strlen(content);
    if (fd < 0 || write(fd, content, size) != (ssize_t)size || fchmod(fd, mode) < 0)
        broken("cannot write %s: %s", path, errno_name(errno));
    close(fd);
}
