/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/skeleton.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL and errno when the kernel does not know. */
static char *path_of(int fd)
{
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return NULL;
    path[n] = '\0';
    return must_strdup(path);
}

bool skeleton_init(struct skeleton *s, int lower, int upper, struct error *e)
{
    *s = (struct skeleton){.lower = lower, .upper = upper, .lower_path = path_of(lower)};
    return s->lower_path || error_errno(e, ERROR_RUN, errno, "cannot read /proc/self/fd");
}

void skeleton_done(struct skeleton *s)
{
    free(s->lower_path);
    s->lower_path = NULL;
}

/* The path of an open directory below lower without its leading slash; NULL when it is lower
 * itself. */
static char *path_below(const struct skeleton *s, int fd)
{
    CLEANUP_FREE char *path = path_of(fd);
    size_t n = strcmp(s->lower_path, "/") == 0 ? 0 : strlen(s->lower_path);
    if (!path || strncmp(path, s->lower_path, n) != 0 || path[n] != '/' || path[n + 1] == '\0')
        return NULL;
    return must_strdup(path + n + 1);
}

/* Replaces path by that of the image's directory it leads to. False when there is none. */
static bool resolve_directory(const struct skeleton *s, struct text *path)
{
    int flags = O_PATH | O_DIRECTORY;
    CLEANUP_CLOSE int plain = open_beneath(s->lower, text_get(path), flags, BENEATH_NO_SYMLINKS);
    if (plain >= 0 || errno != ELOOP)
        return plain >= 0;
    CLEANUP_CLOSE int linked = open_beneath(s->lower, text_get(path), flags, BENEATH_FOLLOW);
    CLEANUP_FREE char *real = linked >= 0 ? path_below(s, linked) : NULL;
    if (!real)
        return false;
    text_clear(path);
    text_add(path, real);
    return true;
}

/* Appends the next name of a path to another one; false at its end. */
static bool add_name(struct text *to, const char **rest)
{
    const char *s = *rest + strspn(*rest, "/");
    size_t n = strcspn(s, "/");
    if (n == 0)
        return false;
    if (to->length > 0)
        text_add_char(to, '/');
    text_add_n(to, s, n);
    *rest = s + n;
    return true;
}

static bool make_directory(struct skeleton *s, const char *path, mode_t mode, struct error *e)
{
    struct stat st;
    bool known = fstatat(s->lower, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
    if (known)
        mode = st.st_mode & 07777;
    if (mkdirat(s->upper, path, 0700) < 0) {
        if (errno == EEXIST)
            return true;
        return error_errno(e, ERROR_RUN, errno, "cannot make the mount point /%s", path);
    }
    /* An owner that the cell does not map cannot be kept. */
    if (known && fchownat(s->upper, path, st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
        errno != EINVAL && errno != EPERM)
        return error_errno(e, ERROR_RUN, errno, "cannot give the mount point /%s its owner", path);
    if (fchmodat(s->upper, path, mode, 0) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot give the mount point /%s its mode", path);
    return true;
}

/* As skeleton_directory, and leaves in `real` where it is. */
static bool make_directories(struct skeleton *s, const char *path, mode_t mode, struct text *real,
                             struct error *e)
{
    for (bool exists = true; add_name(real, &path);)
        exists = exists && resolve_directory(s, real);
    CLEANUP_TEXT struct text made = TEXT_INIT;
    for (const char *rest = text_get(real); add_name(&made, &rest);)
        if (!make_directory(s, text_get(&made), rest[0] ? 0755 : mode, e))
            return false;
    return true;
}

bool skeleton_directory(struct skeleton *s, const char *path, mode_t mode, struct error *e)
{
    CLEANUP_TEXT struct text real = TEXT_INIT;
    return make_directories(s, path, mode, &real, e);
}

bool skeleton_file(struct skeleton *s, const char *path, const char *content, struct error *e)
{
    CLEANUP_TEXT struct text real = TEXT_INIT;
    const char *name = strrchr(path, '/');
    if (name) {
        CLEANUP_TEXT struct text parent = TEXT_INIT;
        text_add_n(&parent, path, (size_t)(name - path));
        if (!make_directories(s, text_get(&parent), 0755, &real, e))
            return false;
    }
    text_printf(&real, "%s%s", real.length ? "/" : "", name ? name + 1 : path);
    CLEANUP_CLOSE int fd =
        openat(s->upper, text_get(&real), O_CREAT | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
    size_t n = strlen(content);
    if (fd < 0 || write(fd, content, n) != (ssize_t)n)
        return error_errno(e, ERROR_RUN, errno, "cannot make the mount point /%s", text_get(&real));
    return true;
}
