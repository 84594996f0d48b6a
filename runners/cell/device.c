/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/device.h"
#include "harness/base/pool.h"
#include "runners/cell/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* nodev would forbid the nodes. */
#define DEV_ATTRIBUTES (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

static const char *const nodes[] = {"null", "zero", "full", "random", "urandom", "tty"};

static const struct {
    const char *name, *to;
} links[] = {
    {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"}, {"ptmx", "pts/ptmx"},         {"core", "/proc/kcore"},
};

static bool make_file(int dir, const char *name, struct error *e)
{
    CLEANUP_CLOSE int fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    return fd >= 0 || error_errno(e, ERROR_RUN, errno, "cannot make /dev/%s", name);
}

/* A user namespace cannot make device nodes, so the host's are bound. */
static void bind_nodes(int dev, struct notes *notes)
{
    CLEANUP_CLOSE int host = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        struct error e = ERROR_INIT;
        if (!make_file(dev, nodes[i], &e) ||
            !mount_bind(host, nodes[i], dev, nodes[i], DEV_ATTRIBUTES, &e))
            notes_add_error(notes, "dev", &e);
    }
}

static void mount_terminals(int dev, struct notes *notes)
{
    /* No gid=5: it may not be mapped, which the kernel refuses. */
    static const char *const options[] = {"newinstance", NULL,   "ptmxmode", "0666",
                                          "mode",        "0620", NULL};
    struct error e = ERROR_INIT;
    if (!mount_make("devpts", DEV_ATTRIBUTES, options, dev, "pts", &e))
        notes_add_error(notes, "dev/pts", &e);
}

static void mount_queues(int dev, struct notes *notes)
{
    static const char *const options[] = {NULL};
    struct error e = ERROR_INIT;
    if (!mount_make("mqueue", DEV_ATTRIBUTES | MOUNT_ATTR_NODEV, options, dev, "mqueue", &e))
        notes_add_error(notes, "dev/mqueue", &e);
}

/* shm is a directory of the same private tmpfs: all that shm_open asks for. */
static bool make_directories(int dev, struct error *e)
{
    static const char *const names[] = {"pts", "mqueue", "shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mkdirat(dev, names[i], 0755) < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot make /dev/%s", names[i]);
    return fchmodat(dev, "shm", 01777, 0) == 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot make /dev/shm");
}

static bool make_links(int dev, struct error *e)
{
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlinkat(links[i].to, dev, links[i].name) < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot make /dev/%s", links[i].name);
    return true;
}

bool device_mount(int root, bool log, struct notes *notes, struct error *e)
{
    static const char *const options[] = {"mode", "0755", "size", "64m", "nr_inodes", "16k", NULL};
    CLEANUP_CLOSE int dev = mount_new("tmpfs", DEV_ATTRIBUTES, options, e);
    if (dev < 0 || !mount_attach(dev, root, "dev", e))
        return false;
    if (!make_directories(dev, e) || !make_links(dev, e) || (log && !make_file(dev, "log", e)))
        return false;
    bind_nodes(dev, notes);
    mount_terminals(dev, notes);
    mount_queues(dev, notes);
    return true;
}
