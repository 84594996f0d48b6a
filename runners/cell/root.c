/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/root.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell/mount.h"
#include "runners/cell/skeleton.h"
#include "runners/cell/synthetic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONTENT_ATTRIBUTES (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define STAGE_SIZE "512m"
#define STAGE_INODES "128k"

static const struct {
    const char *path;
    mode_t mode;
} directories[] = {
    {"dev", 0755}, {"proc", 0555}, {"sys", 0555}, {"etc", 0755}, {"tmp", 01777}, {ROOT_WORK, 0755},
};

/* Overmounted in every job slot. */
static const char *const slot_files[] = {"etc/hosts", "etc/resolv.conf"};

bool root_open(struct root *r, const struct options *o, struct error *e)
{
    r->lower = open(o->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (r->lower < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the root file system %s", o->root);
    for (size_t i = 0; i < o->bind_count; i++) {
        r->sources[i] = open(o->binds[i].source, O_PATH | O_CLOEXEC);
        if (r->sources[i] < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot bind %s", o->binds[i].source);
    }
    return true;
}

bool root_open_stage(struct root *r, struct error *e)
{
    static const char *const options[] = {"mode",      "0755",       "size", STAGE_SIZE,
                                          "nr_inodes", STAGE_INODES, NULL};
    static const char *const names[] = {"upper", "work", "slots"};
    r->stage = mount_new("tmpfs", CONTENT_ATTRIBUTES, options, e);
    if (r->stage < 0 || !mount_attach(r->stage, r->lower, "", e))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mkdirat(r->stage, names[i], 0755) < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot make %s", names[i]);
    return true;
}

/* ---- overlay ---- */

static bool is_directory(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool make_bind_targets(struct skeleton *s, const struct root *r, const struct options *o,
                              bool emulator, struct error *e)
{
    for (size_t i = 0; i < o->bind_count; i++) {
        const char *target = o->binds[i].target + strspn(o->binds[i].target, "/");
        bool fine = is_directory(r->sources[i]) ? skeleton_directory(s, target, 0755, e)
                                                : skeleton_file(s, target, "", e);
        if (!fine)
            return false;
    }
    return !emulator || skeleton_file(s, ROOT_EMULATOR, "", e);
}

static bool make_skeleton(struct skeleton *s, const struct root *r, const struct options *o,
                          bool emulator, struct error *e)
{
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        if (!skeleton_directory(s, directories[i].path, directories[i].mode, e))
            return false;
    for (size_t i = 0; i < sizeof slot_files / sizeof *slot_files; i++)
        if (!skeleton_file(s, slot_files[i], "", e))
            return false;
    CLEANUP_FREE char *hostname = must_printf("%s\n", o->hostname);
    return skeleton_file(s, "etc/hostname", hostname, e) && make_bind_targets(s, r, o, emulator, e);
}

/* The root directory itself shows the upper's mode and owner. */
static bool copy_root_mode(struct root *r, int upper, struct error *e)
{
    struct stat st;
    if (fstatat(r->lower, "", &st, AT_EMPTY_PATH) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot look at the image's root");
    if ((st.st_uid != 0 || st.st_gid != 0) && fchown(upper, st.st_uid, st.st_gid) < 0 &&
        errno != EINVAL && errno != EPERM)
        return error_errno(e, ERROR_RUN, errno, "cannot give the root its owner");
    if (fchmod(upper, st.st_mode & 07777) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot give the root its mode");
    return true;
}

static int mount_overlay(struct root *r, struct error *e)
{
    char lower[32], upper[48], work[48];
    snprintf(lower, sizeof lower, "/proc/self/fd/%d", r->lower);
    snprintf(upper, sizeof upper, "/proc/self/fd/%d/upper", r->stage);
    snprintf(work, sizeof work, "/proc/self/fd/%d/work", r->stage);
    const char *const options[] = {"lowerdir", lower,       "upperdir", upper, "workdir",
                                   work,       "userxattr", NULL,       NULL};
    return mount_new("overlay", CONTENT_ATTRIBUTES, options, e);
}

static bool build_overlay(struct root *r, const struct options *o, bool emulator, struct error *e)
{
    CLEANUP_CLOSE int upper = openat(r->stage, "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    __attribute__((cleanup(skeleton_done))) struct skeleton s = {0};
    if (upper < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open the stage");
    if (!copy_root_mode(r, upper, e) || !skeleton_init(&s, r->lower, upper, e) ||
        !make_skeleton(&s, r, o, emulator, e))
        return false;
    r->mode = ROOT_OVERLAY;
    r->top = mount_overlay(r, e);
    return r->top >= 0 && mount_attach(r->top, r->lower, "", e);
}

/* ---- synthetic ---- */

static bool make_path(int top, const char *path, bool directory, const char *content,
                      struct error *e)
{
    CLEANUP_TEXT struct text made = TEXT_INIT;
    for (const char *rest = path; *rest;) {
        size_t n = strcspn(rest, "/");
        bool last = rest[n] == '\0';
        text_printf(&made, "%s%.*s", made.length ? "/" : "", (int)n, rest);
        rest += n + strspn(rest + n, "/");
        int kind = last && !directory ? O_CREAT | O_WRONLY : O_PATH | O_DIRECTORY;
        if (kind == (O_PATH | O_DIRECTORY))
            mkdirat(top, text_get(&made), 0755);
        CLEANUP_CLOSE int fd = openat(top, text_get(&made), kind | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (fd < 0 || (content && last && write(fd, content, strlen(content)) < 0))
            return error_errno(e, ERROR_RUN, errno,
                               "cannot make /%s in a synthetic root, where the image's directories "
                               "are read-only",
                               text_get(&made));
    }
    return true;
}

static bool fill_etc(struct root *r, const struct options *o, struct error *e)
{
    static const char *const skip[] = {"hosts", "hostname", "resolv.conf", NULL};
    CLEANUP_CLOSE int etc = openat(r->top, "etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    CLEANUP_CLOSE int image = open_beneath(r->lower, "etc", O_PATH | O_DIRECTORY, BENEATH_FOLLOW);
    if (etc < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot open /etc");
    if (image >= 0 && !synthetic_fill(image, etc, skip, e))
        return false;
    CLEANUP_FREE char *hostname = must_printf("%s\n", o->hostname);
    return make_path(r->top, "etc/hosts", false, NULL, e) &&
           make_path(r->top, "etc/resolv.conf", false, NULL, e) &&
           make_path(r->top, "etc/hostname", false, hostname, e);
}

static bool make_synthetic_targets(struct root *r, const struct options *o, bool emulator,
                                   struct error *e)
{
    for (size_t i = 0; i < o->bind_count; i++) {
        const char *target = o->binds[i].target + strspn(o->binds[i].target, "/");
        if (!make_path(r->top, target, is_directory(r->sources[i]), NULL, e))
            return false;
    }
    return !emulator || make_path(r->top, ROOT_EMULATOR, false, NULL, e);
}

static bool build_synthetic(struct root *r, const struct options *o, bool emulator, struct error *e)
{
    static const char *const options[] = {"mode", "0755", "size", STAGE_SIZE, NULL};
    static const char *const skip[] = {"dev", "proc", "sys", "etc", "tmp", NULL};
    r->mode = ROOT_SYNTHETIC;
    r->top = mount_new("tmpfs", CONTENT_ATTRIBUTES, options, e);
    if (r->top < 0 || !mount_attach(r->top, r->lower, "", e))
        return false;
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        if (mkdirat(r->top, directories[i].path, 0755) < 0 ||
            fchmodat(r->top, directories[i].path, directories[i].mode, 0) < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot make /%s", directories[i].path);
    return synthetic_fill(r->lower, r->top, skip, e) && fill_etc(r, o, e) &&
           make_synthetic_targets(r, o, emulator, e);
}

bool root_build(struct root *r, const struct options *o, bool emulator, struct notes *notes,
                struct error *e)
{
    if (o->root_mode != ROOT_SYNTHETIC) {
        if (build_overlay(r, o, emulator, e))
            return true;
        if (o->root_mode == ROOT_OVERLAY)
            return false;
        notes_add_error(notes, "overlay", e);
    }
    return build_synthetic(r, o, emulator, e);
}

/* ---- what is bound into it ---- */

bool root_bind(struct root *r, const struct options *o, struct error *e)
{
    for (size_t i = 0; i < o->bind_count; i++) {
        const char *target = o->binds[i].target + strspn(o->binds[i].target, "/");
        if (!mount_bind(r->sources[i], "", r->top, target, MOUNT_ATTR_RDONLY | CONTENT_ATTRIBUTES,
                        e))
            return error_context(e, "--bind %s:%s", o->binds[i].source, o->binds[i].target);
    }
    return true;
}

bool root_bind_stage(struct root *r, struct error *e)
{
    return mount_bind(r->stage, "", r->top, ROOT_WORK, 0, e);
}

bool root_enter(struct root *r, struct error *e)
{
    if (fchdir(r->top) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot enter the root");
    if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot let go of the host's root");
    return true;
}
