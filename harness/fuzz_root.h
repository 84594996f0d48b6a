/* SPDX-License-Identifier: Apache-2.0 */
/* For fuzz targets: a directory to unpack into, with something beside it that must stay as it is.
 * As root all other file systems are read-only meanwhile, but for the working directory, where
 * libFuzzer writes: a way out is seen, and does no harm to this machine. */
#pragma once
#include "harness/base/file.h"
#include "harness/base/fuzz.h"
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FUZZ_CANARY "plimsoll-canary\n"

static struct {
    char *path;
    int fd; /* of the directory around the root */
    bool mounted;
    struct stat canary;
} fuzz_jail;

static inline void fuzz_jail_remove(void)
{
    struct mount_attr clear = {.attr_clr = MOUNT_ATTR_RDONLY};
    struct error e = ERROR_INIT;
    if (fuzz_jail.mounted) {
        umount2(fuzz_jail.path, MNT_DETACH);
        (void)!mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &clear, sizeof clear);
    }
    if (!file_remove_tree(fuzz_jail.path, &e))
        error_clear(&e);
    free(fuzz_jail.path);
}

/* In a mount namespace of this thread. */
static inline void fuzz_jail_mount(void)
{
    struct mount_attr set = {.attr_set = MOUNT_ATTR_RDONLY},
                      clear = {.attr_clr = MOUNT_ATTR_RDONLY};
    char cwd[PATH_MAX];
    FUZZ_CHECK(getcwd(cwd, sizeof cwd));
    FUZZ_CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    FUZZ_CHECK(mount(cwd, cwd, NULL, MS_BIND, NULL) == 0);
    FUZZ_CHECK(mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &set, sizeof set) == 0);
    FUZZ_CHECK(mount_setattr(AT_FDCWD, cwd, 0, &clear, sizeof clear) == 0 && chdir(cwd) == 0);
    FUZZ_CHECK(mount("tmpfs", fuzz_jail.path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m") == 0);
    fuzz_jail.mounted = true;
}

static inline void fuzz_jail_make(void)
{
    const char *base = getenv("TMPDIR");
    fuzz_jail.path = must_printf("%s/plimsoll-fuzz-XXXXXX", base && *base ? base : "/dev/shm");
    FUZZ_CHECK(mkdtemp(fuzz_jail.path));
    atexit(fuzz_jail_remove);
    if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0)
        fuzz_jail_mount();
    fuzz_jail.fd = open(fuzz_jail.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FUZZ_CHECK(fuzz_jail.fd >= 0);
    CLEANUP_CLOSE int canary = openat(fuzz_jail.fd, "canary", O_WRONLY | O_CREAT | O_EXCL, 0600);
    FUZZ_CHECK(canary >= 0 && write(canary, FUZZ_CANARY, strlen(FUZZ_CANARY)) > 0);
    FUZZ_CHECK(fstat(canary, &fuzz_jail.canary) == 0);
}

/* An empty directory. Returns its descriptor, which the caller closes before fuzz_root_end(). */
static inline int fuzz_root_begin(void)
{
    if (!fuzz_jail.path)
        fuzz_jail_make();
    FUZZ_CHECK(mkdirat(fuzz_jail.fd, "root", 0755) == 0);
    int root = openat(fuzz_jail.fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    FUZZ_CHECK(root >= 0);
    return root;
}

static inline void fuzz_check_jail(void)
{
    const struct stat *then = &fuzz_jail.canary;
    struct dirent **names;
    struct stat now;
    int count = scandirat(fuzz_jail.fd, ".", &names, NULL, NULL);
    FUZZ_CHECK(count == 4); /* . .. canary root */
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    FUZZ_CHECK(fstatat(fuzz_jail.fd, "canary", &now, AT_SYMLINK_NOFOLLOW) == 0);
    FUZZ_CHECK(now.st_nlink == 1 && now.st_size == then->st_size);
    FUZZ_CHECK(now.st_mode == then->st_mode && now.st_uid == then->st_uid);
    FUZZ_CHECK(now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
               now.st_mtim.tv_nsec == then->st_mtim.tv_nsec);
}

/* Checks that nothing but the root was touched, and removes it. */
static inline void fuzz_root_end(void)
{
    struct error e = ERROR_INIT;
    fuzz_check_jail();
    FUZZ_CHECK(file_remove_tree_at(fuzz_jail.fd, "root", &e));
}

/* As fuzz_check_error, where nothing outside may have been tried either. Names are quoted, so that
 * an input cannot look like it. */
static inline void fuzz_check_root_error(struct error *e)
{
    static const char end[] = ": Read-only file system";
    size_t length = e->message ? strlen(e->message) : 0, n = sizeof end - 1;
    FUZZ_CHECK(length < n || strcmp(e->message + length - n, end) != 0);
    fuzz_check_error(e);
}
