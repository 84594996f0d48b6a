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
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct layer_limits layer_default_limits = {
    .entries = 2 * 1000 * 1000,
    .bytes = 64ULL << 30,
    .ratio = 500,
    .ratio_from = 256ULL << 20,
    .path = 4096,
    .depth = 256,
    .link = 4095,
};

struct directory_time {
    char *path;
    struct timespec time;
};

struct layers {
    struct layer_limits limits;
    struct layer_target target;
    struct layer_record record;
    struct directory_time *directories; /* heap */
    size_t directory_count;
    uint64_t entries;
    bool privileged; /* owners and setuid bits are kept */
    /* of the layer being applied */
    const uint64_t *packed;
    uint64_t layer_bytes;
};

struct layers *layers_new(int root, const struct layer_limits *limits)
{
    struct layers *l = must_calloc(1, sizeof *l);
    l->limits = *limits;
    l->privileged = geteuid() == 0;
    layer_target_init(&l->target, root);
    return l;
}

void layers_free(struct layers *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->directory_count; i++)
        free(l->directories[i].path);
    free(l->directories);
    layer_target_done(&l->target);
    layer_record_done(&l->record);
    free(l);
}

/* ---- limits ---- */

static bool count_bytes(struct layers *l, uint64_t size, struct error *e)
{
    if (size > l->limits.bytes - l->record.bytes)
        return error_set(e, ERROR_RUN, "the image unpacks to more than %llu bytes",
                         (unsigned long long)l->limits.bytes);
    l->record.bytes += size;
    return true;
}

static bool check_ratio(struct layers *l, size_t size, struct error *e)
{
    l->layer_bytes += size;
    if (!l->packed || l->layer_bytes <= l->limits.ratio_from ||
        l->layer_bytes / l->limits.ratio <= *l->packed)
        return true;
    return error_set(e, ERROR_RUN, "the layer unpacks to more than %llu times its size",
                     (unsigned long long)l->limits.ratio);
}

/* ---- owner, mode, times ---- */

static struct timespec time_of(struct archive_entry *entry)
{
    return (struct timespec){archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
}

/* Returns whether the owner is now as the entry says. fd is the file, or its parent with a name. */
static bool set_owner(struct layers *l, int fd, const char *name, const char *path,
                      struct archive_entry *entry)
{
    int64_t uid = archive_entry_uid(entry), gid = archive_entry_gid(entry);
    bool sane = uid >= 0 && gid >= 0 && uid < UINT32_MAX && gid < UINT32_MAX;
    int flags = *name ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;
    if (l->privileged && sane && fchownat(fd, name, (uid_t)uid, (gid_t)gid, flags) == 0)
        return true;
    if (uid != 0 || gid != 0)
        layer_record_owner(&l->record, path, uid, gid);
    return false;
}

/* The bits that the entry gets: all for root, else those that let us read and remove it. */
static mode_t choose_mode(struct layers *l, const char *path, struct archive_entry *entry,
                          bool owned, mode_t needed)
{
    mode_t wanted = archive_entry_perm(entry) & 07777;
    mode_t mode = owned ? wanted : (wanted & 01777) | needed;
    if (mode != wanted)
        layer_record_mode(&l->record, path, wanted);
    return mode;
}

static bool place_error(int errnum, struct error *e)
{
    return error_errno(e, ERROR_RUN, errnum, "cannot be created");
}

/* ---- kinds of entries ---- */

static bool write_data(struct layers *l, int fd, struct archive *a, struct error *e)
{
    const void *block;
    size_t size;
    int64_t offset;
    int result;
    while ((result = archive_read_data_block(a, &block, &size, &offset)) == ARCHIVE_OK) {
        if (!check_ratio(l, size, e))
            return false;
        for (const char *p = block; size > 0;) {
            ssize_t n = pwrite(fd, p, size, offset);
            if (n < 0 && errno != EINTR)
                return error_errno(e, ERROR_RUN, errno, "cannot be written");
            if (n > 0) {
                p += n;
                size -= (size_t)n;
                offset += n;
            }
        }
    }
    return result == ARCHIVE_EOF || bytes_feed_error(a, "cannot be read", e);
}

static int create_file(int parent, const char *name)
{
    return openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool place_file(struct layers *l, int parent, const struct layer_path *p, struct archive *a,
                       struct archive_entry *entry, struct error *e)
{
    int64_t size = archive_entry_size(entry);
    if (size < 0)
        return error_set(e, ERROR_RUN, "has a negative size");
    if (!count_bytes(l, (uint64_t)size, e))
        return false;
    int made = create_file(parent, p->name);
    if (made < 0 && errno == EEXIST && layer_target_clear(&l->target, parent, p, e))
        made = create_file(parent, p->name);
    CLEANUP_CLOSE int fd = made;
    if (fd < 0)
        return error_is_set(e) ? false : place_error(errno, e);
    if (!write_data(l, fd, a, e))
        return false;
    if (archive_entry_sparse_count(entry) > 0 && ftruncate(fd, size) < 0)
        return place_error(errno, e);
    bool owned = set_owner(l, fd, "", p->path, entry);
    mode_t mode = choose_mode(l, p->path, entry, owned, 0600);
    const struct timespec times[2] = {time_of(entry), time_of(entry)};
    if (fchmod(fd, mode) < 0 || futimens(fd, times) < 0)
        return place_error(errno, e);
    l->record.files++;
    return true;
}

static void remember_time(struct layers *l, const char *path, struct archive_entry *entry)
{
    *ARRAY_ADD(&l->directories, &l->directory_count) =
        (struct directory_time){must_strdup(path), time_of(entry)};
}

/* A directory joins one that is there; it takes the place of anything else. */
static bool place_directory(struct layers *l, int parent, const struct layer_path *p,
                            struct archive_entry *entry, struct error *e)
{
    const char *name = *p->name ? p->name : ".";
    int open_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int made = *p->name ? mkdirat(parent, name, 0700) : 0;
    int found = openat(parent, name, open_flags);
    if (made < 0 && found < 0) {
        if (!layer_target_clear(&l->target, parent, p, e))
            return false;
        if (mkdirat(parent, name, 0700) < 0)
            return place_error(errno, e);
        found = openat(parent, name, open_flags);
    }
    CLEANUP_CLOSE int fd = found;
    if (fd < 0)
        return place_error(errno, e);
    bool owned = set_owner(l, fd, "", p->path, entry);
    if (fchmod(fd, choose_mode(l, p->path, entry, owned, 0700)) < 0)
        return place_error(errno, e);
    remember_time(l, p->path, entry);
    return true;
}

static bool place_symlink(struct layers *l, int parent, const struct layer_path *p,
                          struct archive_entry *entry, struct error *e)
{
    const char *target = archive_entry_symlink(entry);
    if (!target || *target == '\0')
        return error_set(e, ERROR_RUN, "is a link to nothing");
    if (strlen(target) > l->limits.link)
        return error_set(e, ERROR_RUN, "is a link of more than %zu bytes", l->limits.link);
    if (symlinkat(target, parent, p->name) < 0) {
        if (errno != EEXIST)
            return place_error(errno, e);
        if (!layer_target_clear(&l->target, parent, p, e))
            return false;
        if (symlinkat(target, parent, p->name) < 0)
            return place_error(errno, e);
    }
    set_owner(l, parent, p->name, p->path, entry);
    const struct timespec times[2] = {time_of(entry), time_of(entry)};
    return utimensat(parent, p->name, times, AT_SYMLINK_NOFOLLOW) == 0 || place_error(errno, e);
}

static int link_to(struct layers *l, const struct layer_path *target, int parent, const char *name)
{
    CLEANUP_FREE char *directory =
        target->parent_length > 0 ? must_printf("%.*s", (int)target->parent_length, target->path)
                                  : must_strdup(".");
    CLEANUP_CLOSE int from = tree_open(l->target.root, directory, O_PATH | O_DIRECTORY, 0);
    return from < 0 ? -1 : linkat(from, target->name, parent, name, 0);
}

/* The target is looked up beneath the root, which holds only what the image brought. */
static bool place_hard_link(struct layers *l, int parent, const struct layer_path *p,
                            const struct layer_path *target, struct error *e)
{
    if (strcmp(target->path, p->path) == 0)
        return true;
    int result = link_to(l, target, parent, p->name);
    if (result < 0 && errno == EEXIST) {
        if (!layer_target_clear(&l->target, parent, p, e))
            return false;
        result = link_to(l, target, parent, p->name);
    }
    if (result == 0)
        return true;
    CLEANUP_FREE char *shown = layer_path_show(target->path);
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
        return error_set(e, ERROR_RUN, "is a hard link to \"%s\", which the image has not brought",
                         shown);
    return error_errno(e, ERROR_RUN, errno, "cannot be linked to \"%s\"", shown);
}

static bool place_link(struct layers *l, int parent, const struct layer_path *p, const char *raw,
                       struct error *e)
{
    struct layer_path target;
    bool ok = layer_path_parse(raw, &l->limits, &target, e);
    if (ok && (target.kind != LAYER_ENTRY || *target.name == '\0'))
        ok = error_set(e, ERROR_RUN, "is a hard link to something that is no file");
    ok = ok && place_hard_link(l, parent, p, &target, e);
    layer_path_done(&target);
    return ok;
}

static bool place_fifo(struct layers *l, int parent, const struct layer_path *p,
                       struct archive_entry *entry, struct error *e)
{
    if (mkfifoat(parent, p->name, 0600) < 0) {
        if (errno != EEXIST)
            return place_error(errno, e);
        if (!layer_target_clear(&l->target, parent, p, e))
            return false;
        if (mkfifoat(parent, p->name, 0600) < 0)
            return place_error(errno, e);
    }
    bool owned = set_owner(l, parent, p->name, p->path, entry);
    return fchmodat(parent, p->name, choose_mode(l, p->path, entry, owned, 0600), 0) == 0 ||
           place_error(errno, e);
}

/* ---- entries ---- */

static bool place(struct layers *l, struct archive *a, const struct layer_path *p,
                  struct archive_entry *entry, struct error *e)
{
    const char *hard_link = archive_entry_hardlink(entry);
    mode_t type = archive_entry_filetype(entry);
    if (*p->name == '\0' && (hard_link || type != AE_IFDIR))
        return error_set(e, ERROR_RUN, "would replace the root directory");
    int parent = layer_target_parent(&l->target, p, e);
    if (parent < 0)
        return false;
    layer_record_attributes(&l->record, p->path, entry);
    layer_target_mark(&l->target, p->path);
    if (hard_link)
        return place_link(l, parent, p, hard_link, e);
    switch (type) {
    case AE_IFREG:
        return place_file(l, parent, p, a, entry, e);
    case AE_IFDIR:
        return place_directory(l, parent, p, entry, e);
    case AE_IFLNK:
        return place_symlink(l, parent, p, entry, e);
    case AE_IFIFO:
        return place_fifo(l, parent, p, entry, e);
    case AE_IFCHR:
    case AE_IFBLK:
        layer_record_device(&l->record, p->path, entry);
        return layer_target_clear(&l->target, parent, p, e);
    default:
        layer_record_other(&l->record, p->path);
        return layer_target_clear(&l->target, parent, p, e);
    }
}

static bool apply_path(struct layers *l, struct archive *a, const struct layer_path *p,
                       struct archive_entry *entry, struct error *e)
{
    switch (p->kind) {
    case LAYER_ENTRY:
        return place(l, a, p, entry, e);
    case LAYER_WHITEOUT:
    case LAYER_OPAQUE:
        return layer_target_hide(&l->target, p, e);
    case LAYER_IGNORED:
        break;
    }
    return true;
}

static bool apply_entry(struct layers *l, struct archive *a, struct archive_entry *entry,
                        struct error *e)
{
    const char *raw = archive_entry_pathname(entry);
    if (++l->entries > l->limits.entries)
        return error_set(e, ERROR_RUN, "the image has more than %llu entries",
                         (unsigned long long)l->limits.entries);
    if (!raw)
        return error_set(e, ERROR_RUN, "entry %llu has no name", (unsigned long long)l->entries);
    struct layer_path p;
    bool ok = layer_path_parse(raw, &l->limits, &p, e);
    if (ok && !apply_path(l, a, &p, entry, e)) {
        CLEANUP_FREE char *shown = layer_path_show(raw);
        ok = error_context(e, "entry \"%s\"", shown);
    }
    layer_path_done(&p);
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

bool layers_apply(struct layers *l, struct bytes *tar, const uint64_t *packed, struct error *e)
{
    struct bytes_feed feed = {tar, e};
    struct archive *a = archive_read_new();
    l->packed = packed;
    l->layer_bytes = 0;
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
    for (size_t i = 0; i < l->directory_count; i++) {
        struct directory_time *d = &l->directories[i];
        const char *path = *d->path ? d->path : ".";
        int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
        CLEANUP_CLOSE int fd = tree_open(l->target.root, path, flags, 0);
        const struct timespec times[2] = {d->time, d->time};
        if (fd >= 0 && futimens(fd, times) < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot set the time of \"%s\"", path);
    }
    return true;
}

void layers_record(const struct layers *l, struct text *ret)
{
    text_add(ret, "{\n  \"plimsoll-root\": 1,\n  ");
    text_printf(ret, "\"owners-kept\": %s,\n  ", l->privileged ? "true" : "false");
    layer_record_write(&l->record, ret);
    text_add(ret, "\n}\n");
}
