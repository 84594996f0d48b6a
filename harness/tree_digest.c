/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/tree_digest.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "harness/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { BLOCK_SIZE = 128 * 1024, ATTRIBUTES_SIZE = 64 * 1024 /* the kernel's own bounds */ };

struct walk {
    struct sha256 hash;
    struct tree_summary summary;
    struct text path;
    char *block; /* of BLOCK_SIZE */
    struct error *e;
};

static bool cannot_read(struct walk *w)
{
    return error_errno(w->e, ERROR_RUN, errno, "cannot read \"%s\"", text_get(&w->path));
}

static void add_properties(struct walk *w, const struct stat *st)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    bool sized = S_ISREG(st->st_mode) || S_ISLNK(st->st_mode);
    bool device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
    text_printf(&t, "%o %u %u %lld %u:%u ", (unsigned)st->st_mode, (unsigned)st->st_uid,
                (unsigned)st->st_gid, sized ? (long long)st->st_size : 0,
                device ? major(st->st_rdev) : 0, device ? minor(st->st_rdev) : 0);
    text_add(&t, text_get(&w->path));
    sha256_add(&w->hash, t.data, t.length + 1); /* the final NUL ends the path */
    w->summary.entries++;
    w->summary.bytes += (uint64_t)st->st_blocks * 512;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Name, size and value of one; what the kernel gives of its own accord (security.selinux) depends
 * on the machine and not on the image. */
static void add_attribute(struct walk *w, int fd, const char *name)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    if (strncmp(name, "user.", 5) != 0 && strcmp(name, "security.capability") != 0)
        return;
    ssize_t size = fgetxattr(fd, name, w->block, BLOCK_SIZE);
    text_printf(&t, "%s %zd", name, size);
    sha256_add(&w->hash, t.data, t.length + 1);
    if (size > 0)
        sha256_add(&w->hash, w->block, (size_t)size);
}

/* In the order of their names: the one of the file system may be any. */
static void add_attributes(struct walk *w, int fd)
{
    char list[ATTRIBUTES_SIZE];
    const char **names = NULL;
    size_t count = 0;
    ssize_t size = flistxattr(fd, list, sizeof list);
    for (const char *p = list; size > 0 && p < list + size; p += strlen(p) + 1)
        *ARRAY_ADD(&names, &count) = p;
    if (count > 1)
        qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++)
        add_attribute(w, fd, names[i]);
    free(names);
}

static bool add_content(struct walk *w, int dir, const char *name)
{
    CLEANUP_CLOSE int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == EACCES || cannot_read(w);
    add_attributes(w, fd);
    ssize_t n;
    while ((n = read(fd, w->block, BLOCK_SIZE)) > 0)
        sha256_add(&w->hash, w->block, (size_t)n);
    return n == 0 || cannot_read(w);
}

static bool add_link(struct walk *w, int dir, const char *name)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(dir, name, target, sizeof target);
    if (n < 0)
        return cannot_read(w);
    sha256_add(&w->hash, target, (size_t)n);
    return true;
}

static bool add_directory(struct walk *w, int dir, const char *name);

static bool add_entry(struct walk *w, int dir, const char *name)
{
    struct stat st;
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return cannot_read(w);
    add_properties(w, &st);
    if (S_ISDIR(st.st_mode))
        return add_directory(w, dir, name);
    if (S_ISREG(st.st_mode))
        return add_content(w, dir, name);
    return !S_ISLNK(st.st_mode) || add_link(w, dir, name);
}

static bool add_directory(struct walk *w, int dir, const char *name)
{
    CLEANUP_CLOSE int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == EACCES || cannot_read(w);
    add_attributes(w, fd);
    CLEANUP_NAMES struct tree_names names = tree_list(fd, ".", SIZE_MAX);
    size_t length = w->path.length;
    bool ok = true;
    for (size_t i = 0; ok && i < names.count; i++) {
        text_add_char(&w->path, '/');
        text_add(&w->path, names.items[i]);
        ok = add_entry(w, fd, names.items[i]);
        text_cut(&w->path, length);
    }
    return ok;
}

bool tree_summarize(int root, struct tree_summary *ret, struct error *e)
{
    struct walk w = {.path = TEXT_INIT, .e = e};
    w.block = must_calloc(1, BLOCK_SIZE);
    sha256_init(&w.hash);
    bool ok = add_entry(&w, root, ".");
    if (ok)
        sha256_finish(&w.hash, w.summary.digest);
    else
        sha256_done(&w.hash);
    text_done(&w.path);
    free(w.block);
    if (ok)
        *ret = w.summary;
    return ok;
}
