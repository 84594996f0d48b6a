/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/setup.h"
#include "runners/cell/device.h"
#include "runners/cell/mount.h"
#include "runners/cell/network.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/utsname.h>
#include <unistd.h>

#define KERNEL_ATTRIBUTES (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static const char *const no_options[] = {NULL};

static bool look_at_groups(struct setup *s, struct error *e)
{
    return s->ids.groups || s->options->identity.group_count == 0 ||
           error_set(e, ERROR_RUN, "its further groups cannot be set without privileges");
}

/* Per pid namespace since Linux 6.14: before, the same file would be the host's. */
static bool has_pid_limit(void)
{
    struct utsname u;
    unsigned major = 0, minor = 0;
    return uname(&u) == 0 && sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
           (major > 6 || (major == 6 && minor >= 14));
}

static bool look_at_processes(struct setup *s, struct error *e)
{
    if (s->ids.single || s->options->identity.uid != 0)
        return true;
    s->limit_processes = has_pid_limit();
    return s->limit_processes ||
           error_set(e, ERROR_RUN, "not limited: root's are not before Linux 6.14");
}

static bool set_hostname(struct setup *s, struct error *e)
{
    return sethostname(s->options->hostname, strlen(s->options->hostname)) == 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot set the host name");
}

static bool loopback_up(struct setup *s, struct error *e)
{
    (void)s;
    return network_loopback_up(e);
}

static bool open_ports(struct setup *s, struct error *e)
{
    (void)s;
    return network_open_ports(e);
}

static bool look_for_ipv6(struct setup *s, struct error *e)
{
    (void)s;
    return network_has_ipv6() || error_set(e, ERROR_RUN, "the kernel has none");
}

static bool open_sources(struct setup *s, struct error *e)
{
    return root_open(&s->root, s->options, e) && emulator_open(&s->emulator, s->options, e);
}

static bool open_stage(struct setup *s, struct error *e)
{
    return root_open_stage(&s->root, e);
}

static bool set_up_emulator(struct setup *s, struct error *e)
{
    return emulator_set_up(&s->emulator, s->options, s->root.stage, &s->notes, e);
}

static bool by_prefix(const struct setup *s)
{
    return strcmp(s->emulator.mode, "prefix") == 0;
}

static bool build_root(struct setup *s, struct error *e)
{
    return root_build(&s->root, s->options, by_prefix(s), &s->notes, e);
}

static bool mount_devices(struct setup *s, struct error *e)
{
    return device_mount(s->root.top, true, &s->notes, e);
}

static bool mount_proc(struct setup *s, struct error *e)
{
    s->proc = mount_new("proc", KERNEL_ATTRIBUTES, no_options, e);
    return s->proc >= 0 && mount_attach(s->proc, s->root.top, "proc", e);
}

/* Where an outer container masks parts of /proc the kernel gives no new one. */
static bool bind_host_proc(struct setup *s, struct error *e)
{
    if (s->proc >= 0)
        return true;
    int copy = mount_copy(AT_FDCWD, "/proc", 0, true, e);
    bool bound = copy >= 0 && mount_attach(copy, s->root.top, "proc", e);
    if (copy >= 0)
        close(copy);
    return bound;
}

static bool mount_sys(struct setup *s, struct error *e)
{
    return mount_make("sysfs", MOUNT_ATTR_RDONLY | KERNEL_ATTRIBUTES, no_options, s->root.top,
                      "sys", e);
}

static bool bind_sources(struct setup *s, struct error *e)
{
    return root_bind(&s->root, s->options, e);
}

static bool bind_emulator(struct setup *s, struct error *e)
{
    if (!by_prefix(s))
        return true;
    return mount_bind(s->emulator.file, "", s->root.top, ROOT_EMULATOR,
                      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, e);
}

static bool bind_stage(struct setup *s, struct error *e)
{
    return root_bind_stage(&s->root, e);
}

static bool enter_root(struct setup *s, struct error *e)
{
    return root_enter(&s->root, e);
}

struct operation {
    const char *what;
    bool (*run)(struct setup *s, struct error *e);
    bool degrades; /* going on without it is possible: a failure is noted */
};

struct plan {
    struct operation operations[24];
    size_t count;
};

static void add(struct plan *p, const char *what, bool (*run)(struct setup *s, struct error *e),
                bool degrades)
{
    p->operations[p->count++] = (struct operation){what, run, degrades};
}

static void make_plan(struct plan *p, const struct options *o)
{
    *p = (struct plan){.count = 0};
    add(p, "user", look_at_groups, true);
    add(p, "processes", look_at_processes, true);
    add(p, "hostname", set_hostname, true);
    add(p, "loopback", loopback_up, true);
    add(p, "ports", open_ports, true);
    add(p, "ipv6", look_for_ipv6, true);
    add(p, "open", open_sources, false);
    add(p, "stage", open_stage, false);
    if (o->emulator)
        add(p, "emulation", set_up_emulator, false);
    add(p, "root", build_root, false);
    add(p, "dev", mount_devices, false);
    add(p, "proc", mount_proc, true);
    add(p, "proc of the host", bind_host_proc, true);
    add(p, "sys", mount_sys, true);
    add(p, "bind", bind_sources, false);
    if (o->emulator)
        add(p, "emulator", bind_emulator, false);
    add(p, "work directories", bind_stage, false);
    add(p, "root", enter_root, false);
}

bool setup_run(struct setup *s, const struct options *o, struct error *e)
{
    struct plan plan;
    s->options = o;
    s->proc = -1;
    make_plan(&plan, o);
    for (size_t i = 0; i < plan.count; i++) {
        const struct operation *op = &plan.operations[i];
        if (op->run(s, e))
            continue;
        if (!op->degrades)
            return error_context(e, "%s", op->what);
        notes_add_error(&s->notes, op->what, e);
    }
    return true;
}
