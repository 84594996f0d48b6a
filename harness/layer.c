/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer.h"
#include "harness/base/pool.h"
#include "harness/layer_path.h"
#include "harness/layer_record.h"
#include "harness/layer_target.h"
#include "harness/tree.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct layers {
    struct layer_limits limits;
    struct layer_target target;
    struct layer_powers powers;
    uint64_t entries, files, bytes;
};

/* One entry on its way into the parent that the target has entered. */
struct placing {
    struct layers *layers;
    struct archive *archive;
    struct archive_entry *entry;
    const char *name;
    int parent;
    struct layer_look look;
    struct { /* of a link: what it leads to; a hard link's within dir */
        const char *target;
        int dir;
    } link;
};

struct layers *layers_new(int root, const struct layer_limits *limits)
{
    struct layers *l = must_calloc(1, sizeof *l);
    l->limits = *limits;
    l->powers = layer_powers_find(root);
    layer_target_init(&l->target, root, &l->limits);
    return l;
}

void layers_free(struct layers *l)
{
    if (!l)
        return;
    layer_target_done(&l->target);
    free(l);
}

/* ---- making something in an entry's place ---- */

/* What make returns; -1 with its errno, or with the error set. What has the place must go. */
static int make_room(struct placing *p, int (*make)(const struct placing *p), struct error *e)
{
    int result = make(p);
    if (result >= 0 || errno != EEXIST || !layer_target_clear(&p->layers->target, p->name, e))
        return result;
    return make(p);
}

static bool not_made(struct error *e)
{
    return error_is_set(e) ? false : error_errno(e, ERROR_RUN, errno, "cannot be created");
}

/* The mode with which a file can be made without another call to set it, or 0600. */
static mode_t first_mode(const struct placing *p)
{
    struct layer_look look = p->look;
    mode_t mode = layer_look_mode(&look, &p->layers->powers);
    return (mode & (07000 | p->layers->powers.mask)) ? 0600 : mode;
}

static int make_file(const struct placing *p)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    return openat(p->parent, p->name, flags, first_mode(p));
}

static int make_directory(const struct placing *p)
{
    return mkdirat(p->parent, p->name, 0700);
}

static int make_symlink(const struct placing *p)
{
    return symlinkat(p->link.target, p->parent, p->name);
}

static int make_hard_link(const struct placing *p)
{
    return linkat(p->link.dir, p->link.target, p->parent, p->name, 0);
}

static int make_special(const struct placing *p)
{
    return mknodat(p->parent, p->name, (p->look.mode & S_IFMT) | 0600,
                   makedev(p->look.major, p->look.minor));
}

/* ---- kinds of entries ---- */

static bool write_block(int fd, const char *block, size_t size, int64_t offset, struct error *e)
{
    while (size > 0) {
        ssize_t n = pwrite(fd, block, size, offset);
        if (n < 0 && errno != EINTR)
            return error_errno(e, ERROR_RUN, errno, "cannot be written");
        if (n > 0) {
            block += n;
            size -= (size_t)n;
            offset += n;
        }
    }
    return true;
}

/* A sparse file's map is as foreign as the rest: it may not lead beyond the size that was counted.
 */
static bool write_data(const struct placing *p, int fd, int64_t total, struct error *e)
{
    const void *block;
    size_t size;
    int64_t offset, end = 0;
    int result;
    while ((result = archive_read_data_block(p->archive, &block, &size, &offset)) == ARCHIVE_OK) {
        if (offset < 0 || offset > total || (uint64_t)size > (uint64_t)(total - offset))
            return error_set(e, ERROR_RUN, "has data beyond its size");
        if (!write_block(fd, block, size, offset, e))
            return false;
        end = offset + (int64_t)size > end ? offset + (int64_t)size : end;
    }
    if (result != ARCHIVE_EOF || error_is_set(e))
        return bytes_feed_error(p->archive, "cannot be read", e);
    return end == total || ftruncate(fd, total) == 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot be written");
}

static bool count_bytes(struct layers *l, int64_t size, struct error *e)
{
    if (size < 0)
        return error_set(e, ERROR_RUN, "has a negative size");
    if ((uint64_t)size > l->limits.bytes - l->bytes)
        return layer_limits_error(&l->limits, "bytes", "the image unpacks to too many bytes", e);
    l->bytes += (uint64_t)size;
    return true;
}

static bool place_file(struct placing *p, struct error *e)
{
    struct layers *l = p->layers;
    int64_t size = archive_entry_size(p->entry);
    if (!count_bytes(l, size, e))
        return false;
    CLEANUP_CLOSE int fd = make_room(p, make_file, e);
    if (fd < 0)
        return not_made(e);
    bool mode_set = first_mode(p) == layer_look_mode(&p->look, &l->powers);
    l->files++;
    return write_data(p, fd, size, e) && layer_look_apply(&p->look, &l->powers, fd, mode_set, e);
}

/* A directory joins one that is there; it takes the place of anything else. It is its maker's alone
 * until the end, when it gets its look. */
static bool place_directory(struct placing *p, struct error *e)
{
    struct stat st;
    if (*p->name == '\0' || make_directory(p) == 0)
        return true;
    if (errno == EEXIST && fstatat(p->parent, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(st.st_mode))
        return true;
    return make_room(p, make_directory, e) >= 0 || not_made(e);
}

static bool place_symlink(struct placing *p, struct error *e)
{
    const struct layers *l = p->layers;
    p->link.target = archive_entry_symlink(p->entry);
    if (!p->link.target || *p->link.target == '\0')
        return error_set(e, ERROR_RUN, "is a link to nothing");
    if (strlen(p->link.target) > l->limits.path)
        return layer_limits_error(&l->limits, "path", "is too long a link", e);
    if (make_room(p, make_symlink, e) < 0)
        return not_made(e);
    return layer_look_apply_at(&p->look, &p->layers->powers, p->parent, p->name, e);
}

/* Fifos and devices. overlayfs takes a character device 0, 0 for a whiteout of its own. */
static bool place_special(struct placing *p, struct error *e)
{
    struct layers *l = p->layers;
    bool fit = S_ISFIFO(p->look.mode) || S_ISBLK(p->look.mode) || p->look.major || p->look.minor;
    if (fit && make_room(p, make_special, e) >= 0)
        return layer_look_apply_at(&p->look, &l->powers, p->parent, p->name, e);
    if (fit && (error_is_set(e) || errno != EPERM || S_ISFIFO(p->look.mode)))
        return not_made(e);
    p->look.missed |= LAYER_MISSED_ALL;
    return layer_target_clear(&l->target, p->name, e);
}

static bool is_same_file(const struct placing *p)
{
    struct stat a, b;
    return fstatat(p->parent, p->name, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
           fstatat(p->link.dir, p->link.target, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The target is looked up beneath the root, which holds only what the image brought. */
static bool place_hard_link(struct placing *p, const struct layer_path *target, struct error *e)
{
    CLEANUP_FREE char *path = target->parent_length > 0
                                  ? must_printf("%.*s", (int)target->parent_length, target->path)
                                  : must_strdup(".");
    CLEANUP_CLOSE int dir = tree_open(p->layers->target.root, path, O_PATH | O_DIRECTORY, 0);
    p->link.dir = dir;
    p->link.target = target->name;
    struct stat st; /* looked for first: nothing makes room for a link that cannot be */
    bool there = dir >= 0 && fstatat(dir, target->name, &st, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && (is_same_file(p) || make_room(p, make_hard_link, e) >= 0))
        return true;
    if (error_is_set(e))
        return false;
    CLEANUP_FREE char *shown = layer_path_show(target->path);
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
        return error_set(e, ERROR_RUN, "is a hard link to \"%s\", which the image has not brought",
                         shown);
    return error_errno(e, ERROR_RUN, errno, "cannot be linked to \"%s\"", shown);
}

static bool place_link(struct placing *p, const char *raw, struct error *e)
{
    struct layer_path target;
    bool ok = layer_path_parse(raw, &p->layers->limits, &target, e);
    if (ok && (target.kind != LAYER_ENTRY || *target.name == '\0'))
        ok = error_set(e, ERROR_RUN, "is a hard link to something that is no file");
    ok = ok && place_hard_link(p, &target, e);
    layer_path_done(&target);
    return ok;
}

/* ---- entries ---- */

static bool place_kind(struct placing *p, struct error *e)
{
    switch (p->look.mode & S_IFMT) {
    case S_IFREG:
        return place_file(p, e);
    case S_IFDIR:
        return place_directory(p, e);
    case S_IFLNK:
        return place_symlink(p, e);
    case S_IFIFO:
    case S_IFCHR:
    case S_IFBLK:
        return place_special(p, e);
    default:
        p->look.missed |= LAYER_MISSED_ALL;
        return layer_target_clear(&p->layers->target, p->name, e);
    }
}

/* The end must know of directories, the record of what is not all there. */
static void mark(struct placing *p)
{
    bool told = S_ISDIR(p->look.mode) || layer_look_is_partial(&p->look);
    layer_target_mark(&p->layers->target, p->name, told ? &p->look : NULL);
    if (!told)
        layer_look_done(&p->look);
}

static bool place(struct layers *l, struct archive *a, const struct layer_path *path,
                  struct archive_entry *entry, struct error *e)
{
    const char *hard_link = archive_entry_hardlink(entry);
    if (*path->name == '\0' && (hard_link || archive_entry_filetype(entry) != AE_IFDIR))
        return error_set(e, ERROR_RUN, "would replace the root directory");
    if (!layer_target_enter(&l->target, path, e))
        return false;
    struct placing p = {l, a, entry, path->name, l->target.parent, {0}, {NULL, -1}};
    if (hard_link) {
        if (!place_link(&p, hard_link, e))
            return false;
        layer_target_mark(&l->target, p.name, NULL);
        return true;
    }
    layer_look_init(&p.look, entry);
    if (place_kind(&p, e)) {
        mark(&p);
        return true;
    }
    layer_look_done(&p.look);
    return false;
}

static bool apply_path(struct layers *l, struct archive *a, const struct layer_path *path,
                       struct archive_entry *entry, struct error *e)
{
    switch (path->kind) {
    case LAYER_ENTRY:
        return place(l, a, path, entry, e);
    case LAYER_WHITEOUT:
    case LAYER_OPAQUE:
        return layer_target_hide(&l->target, path, e);
    case LAYER_IGNORED:
        break;
    }
    return true;
}

static bool apply_entry(struct layers *l, struct archive *a, struct archive_entry *entry,
                        struct error *e)
{
    const char *raw = archive_entry_pathname(entry);
    if (++l->entries + l->target.implied > l->limits.entries)
        return layer_limits_error(&l->limits, "entries", "the image has too many entries", e);
    if (!raw)
        return error_set(e, ERROR_RUN, "entry %llu has no name", (unsigned long long)l->entries);
    struct layer_path path;
    bool ok = layer_path_parse(raw, &l->limits, &path, e);
    if (ok && !apply_path(l, a, &path, entry, e)) {
        CLEANUP_FREE char *shown = layer_path_show(raw);
        ok = error_context(e, "entry \"%s\"", shown);
    }
    layer_path_done(&path);
    return ok;
}

static bool apply_entries(struct layers *l, struct archive *a, struct error *e)
{
    struct archive_entry *entry;
    int result;
    while ((result = archive_read_next_header(a, &entry)) == ARCHIVE_OK || result == ARCHIVE_WARN)
        if (!apply_entry(l, a, entry, e))
            return false;
    /* What went wrong in reading can look like the end to libarchive. */
    return (result == ARCHIVE_EOF && !error_is_set(e)) ||
           bytes_feed_error(a, "not a good tar file", e);
}

bool layers_apply(struct layers *l, struct bytes *tar, struct error *e)
{
    struct bytes_feed feed = {tar, e};
    struct archive *a = archive_read_new();
    archive_read_support_format_tar(a);
    archive_read_support_format_empty(a);
    bool ok = archive_read_open(a, &feed, NULL, bytes_feed_read, NULL) == ARCHIVE_OK ||
              bytes_feed_error(a, "not a tar file", e);
    ok = ok && apply_entries(l, a, e) && bytes_drain(tar, e);
    archive_read_free(a);
    layer_target_next_layer(&l->target);
    return ok;
}

bool layers_finish(struct layers *l, struct error *e)
{
    return layer_target_finish(&l->target, &l->powers, e);
}

void layers_record(const struct layers *l, struct text *ret)
{
    text_printf(ret, "{\n  \"plimsoll-root\": 2,\n  \"owners-kept\": %s,\n",
                l->powers.owners ? "true" : "false");
    text_printf(ret, "  \"files\": %llu,\n  \"bytes\": %llu,\n  ", (unsigned long long)l->files,
                (unsigned long long)l->bytes);
    layer_record_write(l->target.tree, ret);
    text_add(ret, "\n}\n");
}
