/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/synthetic.h"
#include "harness/base/pool.h"
#include "runners/cell/mount.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static bool copy_link(int entry, int target, const char *name)
{
    char to[PATH_MAX];
    ssize_t n = readlinkat(entry, "", to, sizeof to - 1);
    if (n < 0)
        return false;
    to[n] = '\0';
    return symlinkat(to, target, name) == 0;
}

static bool make_mount_point(int target, const char *name, bool directory)
{
    if (directory)
        return mkdirat(target, name, 0755) == 0;
    CLEANUP_CLOSE int fd = openat(target, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    return fd >= 0;
}

static bool add_entry(int source, int target, const char *name, struct error *e)
{
    struct stat st;
    CLEANUP_CLOSE int entry = openat(source, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (entry < 0 || fstat(entry, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the image's %s", name);
    bool made = S_ISLNK(st.st_mode) ? copy_link(entry, target, name)
                                    : make_mount_point(target, name, S_ISDIR(st.st_mode));
    if (!made)
        return error_errno(e, ERROR_RUN, errno, "cannot make %s", name);
    if (S_ISLNK(st.st_mode))
        return true;
    /* Recursive: a part with locked mounts below it cannot be copied otherwise. */
    CLEANUP_CLOSE int copy =
        mount_copy(entry, "", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, true, e);
    return copy >= 0 && mount_attach(copy, target, name, e);
}

static bool listed(const char *name, const char *const names[])
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static void cleanup_directory(DIR **d)
{
    if (*d)
        closedir(*d);
}

bool synthetic_fill(int source, int target, const char *const skip[], struct error *e)
{
    int fd = openat(source, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot read a directory of the image");
    __attribute__((cleanup(cleanup_directory))) DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return error_errno(e, ERROR_RUN, errno, "cannot read a directory of the image");
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || listed(name, skip))
            continue;
        if (!add_entry(source, target, name, e))
            return false;
    }
    return true;
}
