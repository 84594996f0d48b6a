/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/identity.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEBIBYTE ((rlim_t)1 << 20)

static const struct {
    const char *name;
    __rlimit_resource_t resource;
    rlim_t most;
} limits[] = {
    {"core", RLIMIT_CORE, 0},        {"nproc", RLIMIT_NPROC, 256},
    {"nofile", RLIMIT_NOFILE, 1024}, {"fsize", RLIMIT_FSIZE, 64 * MEBIBYTE},
    {"cpu", RLIMIT_CPU, 600},
};

/* Lower than asked for where the hard limit is already lower. */
static bool set_limit(const char *name, __rlimit_resource_t resource, rlim_t most, bool hard,
                      struct error *e)
{
    struct rlimit r;
    if (getrlimit(resource, &r) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot read the limit %s", name);
    r.rlim_cur = most < r.rlim_max ? most : r.rlim_max;
    if (hard)
        r.rlim_max = r.rlim_cur;
    if (setrlimit(resource, &r) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot set the limit %s", name);
    return true;
}

bool identity_limit(bool memory, struct error *e)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!set_limit(limits[i].name, limits[i].resource, limits[i].most, true, e))
            return false;
    if (memory && !set_limit("as", RLIMIT_AS, 16384 * MEBIBYTE, true, e))
        return false;
    return set_limit("stack", RLIMIT_STACK, 8 * MEBIBYTE, false, e);
}

static bool drop_capabilities(struct error *e)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}};
    if (syscall(SYS_capset, &header, none) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot drop capabilities");
    return true;
}

static bool drop_bounding_set(struct error *e)
{
    for (unsigned long c = 0;; c++) {
        if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) == 0)
            continue;
        return errno == EINVAL || /* past the last one that this kernel knows */
               error_errno(e, ERROR_RUN, errno, "cannot drop the capability bounding set");
    }
}

bool identity_assume(const struct identity *i, bool groups, struct error *e)
{
    if (groups && setgroups(i->group_count, i->groups) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot set the groups");
    if (!drop_bounding_set(e))
        return false;
    if (setresgid(i->gid, i->gid, i->gid) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot become group %u", i->gid);
    if (setresuid(i->uid, i->uid, i->uid) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot become user %u", i->uid);
    if (!drop_capabilities(e))
        return false;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot give up new privileges");
    umask(022);
    return true;
}
