/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_look.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

struct layer_powers layer_powers_find(int dir)
{
    CLEANUP_CLOSE int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct layer_powers p = {.owners = fd >= 0 && fchown(fd, 0, 0) == 0};
    p.mask = umask(0);
    umask(p.mask);
    if (fd < 0)
        return p;
    /* an access control list that the cache has for new files, or a group that it gives them */
    fremovexattr(fd, "system.posix_acl_default");
    fremovexattr(fd, "system.posix_acl_access");
    fchmod(fd, 0755);
    p.root = p.owners && geteuid() == 0 && getegid() == 0;
    return p;
}

/* ---- what the entry says ---- */

static void add_attribute(struct layer_look *k, const char *name, const void *value, size_t size)
{
    struct layer_attribute *a = ARRAY_ADD(&k->attributes, &k->attribute_count);
    a->name = must_strdup(name);
    a->size = size;
    a->value = must_calloc(size + 1, 1);
    if (size > 0)
        memcpy(a->value, value, size);
}

void layer_look_init(struct layer_look *k, struct archive_entry *entry)
{
    *k = (struct layer_look){
        .mode = archive_entry_mode(entry),
        .uid = archive_entry_uid(entry),
        .gid = archive_entry_gid(entry),
        .time = {archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)},
    };
    if (S_ISCHR(k->mode) || S_ISBLK(k->mode)) {
        k->major = (unsigned)archive_entry_rdevmajor(entry);
        k->minor = (unsigned)archive_entry_rdevminor(entry);
    }
    if (archive_entry_xattr_reset(entry) == 0)
        return;
    const char *name;
    const void *value;
    size_t size;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
        if (name)
            add_attribute(k, name, value, size);
}

void layer_look_done(struct layer_look *k)
{
    for (size_t i = 0; i < k->attribute_count; i++) {
        free(k->attributes[i].name);
        free(k->attributes[i].value);
    }
    free(k->attributes);
    k->attributes = NULL;
    k->attribute_count = 0;
}

bool layer_look_is_partial(const struct layer_look *k)
{
    return k->missed != 0 || k->attribute_count > 0;
}

/* ---- giving it to a file ---- */

static bool look_error(const char *what, struct error *e)
{
    return error_errno(e, ERROR_RUN, errno, "cannot be given its %s", what);
}

/* What an ordinary user owns counts as root's, since in a cell he is root. */
static bool set_owner(struct layer_look *k, struct layer_powers *p, int fd, const char *name,
                      struct error *e)
{
    bool of_root = k->uid == 0 && k->gid == 0;
    bool sane = k->uid >= 0 && k->gid >= 0 && k->uid < UINT32_MAX && k->gid < UINT32_MAX;
    if (of_root && (p->root || !p->owners))
        return true;
    if (p->owners && sane) {
        int flags = *name ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;
        if (fchownat(fd, name, (uid_t)k->uid, (gid_t)k->gid, flags) == 0)
            return true;
        if (errno != EPERM && errno != EINVAL) /* EINVAL: a user namespace without that id */
            return look_error("owner", e);
        p->owners &= errno != EPERM;
    }
    k->missed |= LAYER_MISSED_OWNER;
    return true;
}

/* Attributes that mean something to this machine (access control, labels, signatures, and those by
 * which overlayfs would be led) are not for a foreign archive to set. */
static bool is_allowed(const char *name)
{
    return (strncmp(name, "user.", 5) == 0 && strncmp(name, "user.overlay.", 13) != 0) ||
           strcmp(name, "security.capability") == 0;
}

static void set_attributes(struct layer_look *k, int fd)
{
    for (size_t i = 0; i < k->attribute_count; i++) {
        struct layer_attribute *a = &k->attributes[i];
        a->kept = is_allowed(a->name) && fsetxattr(fd, a->name, a->value, a->size, 0) == 0;
    }
}

mode_t layer_look_mode(struct layer_look *k, const struct layer_powers *p)
{
    mode_t wanted = k->mode & 07777, mode = wanted;
    if (!p->owners && S_ISDIR(k->mode))
        mode |= 0500;
    if (!p->owners && S_ISREG(k->mode) && (wanted & 0111))
        mode |= 0400; /* facts are told from programs */
    if (mode != wanted)
        k->missed |= LAYER_MISSED_MODE;
    return mode;
}

bool layer_look_apply(struct layer_look *k, struct layer_powers *p, int fd, bool mode_set,
                      struct error *e)
{
    const struct timespec times[2] = {k->time, k->time};
    if (!set_owner(k, p, fd, "", e))
        return false;
    set_attributes(k, fd); /* after the owner: a change of it takes capabilities away */
    if (!mode_set && fchmod(fd, layer_look_mode(k, p)) < 0)
        return look_error("mode", e);
    return futimens(fd, times) == 0 || look_error("time", e);
}

bool layer_look_apply_at(struct layer_look *k, struct layer_powers *p, int dir, const char *name,
                         struct error *e)
{
    const struct timespec times[2] = {k->time, k->time};
    if (!set_owner(k, p, dir, name, e))
        return false;
    if (!S_ISLNK(k->mode) && fchmodat(dir, name, k->mode & 07777, 0) < 0)
        return look_error("mode", e);
    return utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW) == 0 || look_error("time", e);
}
