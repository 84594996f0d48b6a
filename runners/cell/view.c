/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/view.h"
#include "harness/base/pool.h"
#include "runners/cell/device.h"
#include "runners/cell/mount.h"
#include "runners/cell/root.h"
#include "runners/cell/synthetic.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIXTURE_ATTRIBUTES \
    (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* An image without the file has no place to bind one on, and making one would show in all slots:
 * this slot gets an /etc put together anew. */
static bool add_nsswitch(int root, int slot, struct error *e)
{
    static const char *const skip[] = {"nsswitch.conf", NULL};
    static const char *const options[] = {"mode", "0755", "size", "1m", NULL};
    CLEANUP_CLOSE int present =
        open_beneath(root, "etc/nsswitch.conf", O_PATH, BENEATH_NO_SYMLINKS);
    struct stat st;
    if (present < 0 || fstat(present, &st) < 0 || !S_ISREG(st.st_mode)) {
        CLEANUP_CLOSE int old = open_beneath(root, "etc", O_PATH | O_DIRECTORY, BENEATH_FOLLOW);
        CLEANUP_CLOSE int etc =
            mount_new("tmpfs", FIXTURE_ATTRIBUTES & ~MOUNT_ATTR_RDONLY, options, e);
        if (etc < 0 || !mount_attach(etc, root, "etc", e) || !synthetic_fill(old, etc, skip, e))
            return false;
        CLEANUP_CLOSE int made =
            openat(etc, "nsswitch.conf", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
        if (made < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot make /etc/nsswitch.conf");
    }
    return mount_bind(slot, "nsswitch.conf", root, "etc/nsswitch.conf", FIXTURE_ATTRIBUTES, e);
}

/* The file, or the link itself: whoever opens it then follows it. */
static bool bind_fixture(int slot, const char *name, int root, const char *path, struct error *e)
{
    CLEANUP_CLOSE int fixture = openat(slot, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fixture < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the slot's %s", name);
    return mount_bind(fixture, "", root, path, FIXTURE_ATTRIBUTES, e);
}

static bool bind_log(const struct view *v, int root, int slot, struct error *e)
{
    struct notes notes = {0};
    if (v->kind.syslog != SYSLOG_NONE)
        return mount_bind(slot, "log", root, "dev/log", FIXTURE_ATTRIBUTES, e);
    /* A mount point for it would be there without it, too. */
    bool fine = device_mount(root, false, &notes, e);
    notes_done(&notes);
    return fine;
}

/* Root of the host owns these files, and may write to them without any capability: a probe that
 * runs as root must not. What is missing or masked needs no protection. */
static bool protect_proc(int proc, struct error *e)
{
    static const char *const names[] = {"bus", "fs", "irq", "sys", "sysrq-trigger"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (faccessat(proc, names[i], F_OK, 0) < 0)
            continue;
        CLEANUP_CLOSE int copy = mount_copy(proc, names[i], MOUNT_ATTR_RDONLY, true, e);
        if (copy < 0 || !mount_attach(copy, proc, names[i], e))
            return error_context(e, "/proc");
    }
    return true;
}

static bool write_setting(int proc, const char *path, const char *value, struct error *e)
{
    CLEANUP_CLOSE int fd = openat(proc, path, O_WRONLY | O_CLOEXEC);
    return (fd >= 0 && write(fd, value, strlen(value)) > 0) ||
           error_errno(e, ERROR_RUN, errno, "cannot write /proc/%s", path);
}

/* RLIMIT_NPROC does not hold for root of the host; the number of pids in the namespace does. Past
 * the first 300 the kernel does not use those again. */
static bool limit_processes(int proc, struct error *e)
{
    return write_setting(proc, "sys/kernel/pid_max", "600", e);
}

/* With a namespace of its own a job could mount the cgroups, which root of the host owns, too. */
static bool deny_cgroups(int proc, struct error *e)
{
    return write_setting(proc, "sys/user/max_cgroup_namespaces", "0", e);
}

/* A new one, so that process numbers are those that its processes know. */
static bool mount_proc(const struct view *v, int root, struct error *e)
{
    static const char *const options[] = {NULL};
    if (v->proc && !mount_make("proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
                               options, root, "proc", e))
        return false;
    CLEANUP_CLOSE int proc = open_beneath(root, "proc", O_PATH | O_DIRECTORY, BENEATH_FOLLOW);
    if (proc < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open /proc");
    return (!v->proc || deny_cgroups(proc, e)) &&
           (!v->limit_processes || limit_processes(proc, e)) && protect_proc(proc, e);
}

bool view_build(const struct view *v, struct error *e)
{
    CLEANUP_CLOSE int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    CLEANUP_FREE char *path = must_printf(ROOT_WORK "/slots/%s", v->slot);
    CLEANUP_CLOSE int slot = open_beneath(root, path, O_PATH | O_DIRECTORY, BENEATH_FOLLOW);
    if (slot < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the slot's directory /%s", path);
    if (v->kind.nsswitch && !add_nsswitch(root, slot, e))
        return false;
    return bind_fixture(slot, "resolv.conf", root, "etc/resolv.conf", e) &&
           bind_fixture(slot, "hosts", root, "etc/hosts", e) && bind_log(v, root, slot, e) &&
           mount_proc(v, root, e) &&
           /* Last, for it hides the stage. */
           mount_bind(slot, "work", root, ROOT_WORK, 0, e);
}
