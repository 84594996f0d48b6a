/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/mount.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int open_beneath(int dir, const char *path, int flags, enum beneath how)
{
    struct open_how h = {.flags = (uint64_t)(flags | O_CLOEXEC)};
    h.resolve = how == BENEATH_FOLLOW ? RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS
                                      : RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS;
    return (int)syscall(SYS_openat2, dir, path, &h, sizeof h);
}

/* The kernel leaves its reasons in the context descriptor, one "e text" a read. */
static bool context_error(struct error *e, int context, int errnum, const char *type)
{
    char reason[256];
    ssize_t n = read(context, reason, sizeof reason - 1);
    if (n <= 2)
        return error_errno(e, ERROR_RUN, errnum, "cannot make a %s file system", type);
    reason[n] = '\0';
    reason[strcspn(reason, "\n")] = '\0';
    return error_errno(e, ERROR_RUN, errnum, "cannot make a %s file system (%s)", type, reason + 2);
}

static bool configure(int context, const char *type, const char *const options[], struct error *e)
{
    for (; options[0]; options += 2) {
        unsigned command = options[1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
        if (fsconfig(context, command, options[0], options[1], 0) < 0)
            return context_error(e, context, errno, type);
    }
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return context_error(e, context, errno, type);
    return true;
}

int mount_new(const char *type, unsigned attributes, const char *const options[], struct error *e)
{
    CLEANUP_CLOSE int context = fsopen(type, FSOPEN_CLOEXEC);
    if (context < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot use the %s file system", type);
        return -1;
    }
    if (!configure(context, type, options, e))
        return -1;
    int mount = fsmount(context, FSMOUNT_CLOEXEC, attributes);
    if (mount < 0)
        error_errno(e, ERROR_RUN, errno, "cannot mount a %s file system", type);
    return mount;
}

bool mount_attach(int mount, int dir, const char *path, struct error *e)
{
    CLEANUP_CLOSE int opened = *path ? open_beneath(dir, path, O_PATH, BENEATH_FOLLOW) : -1;
    if (*path && opened < 0)
        return error_errno(e, ERROR_RUN, errno, "no mount point /%s", path);
    int target = *path ? opened : dir;
    if (move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot mount on /%s", path);
    return true;
}

int mount_copy(int source_dir, const char *source, unsigned attributes, bool recursive,
               struct error *e)
{
    unsigned deep = recursive ? AT_RECURSIVE : 0, empty = *source ? 0 : AT_EMPTY_PATH;
    int copy = open_tree(source_dir, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | deep | empty);
    if (copy < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot bind %s", source);
        return -1;
    }
    struct mount_attr attr = {.attr_set = attributes};
    if (attributes && mount_setattr(copy, "", AT_EMPTY_PATH | deep, &attr, sizeof attr) < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot restrict the bind of %s", source);
        close(copy);
        return -1;
    }
    return copy;
}

bool mount_bind(int source_dir, const char *source, int dir, const char *path, unsigned attributes,
                struct error *e)
{
    CLEANUP_CLOSE int copy = mount_copy(source_dir, source, attributes, false, e);
    return copy >= 0 && mount_attach(copy, dir, path, e);
}

bool mount_make(const char *type, unsigned attributes, const char *const options[], int dir,
                const char *path, struct error *e)
{
    CLEANUP_CLOSE int mount = mount_new(type, attributes, options, e);
    return mount >= 0 && mount_attach(mount, dir, path, e);
}
