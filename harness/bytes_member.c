/* SPDX-License-Identifier: Apache-2.0 */
/* One member of a tar file. libarchive skips over the others with lseek, so finding one in an
 * archive that is not compressed costs a read per header and no temporary copy. */
#include "harness/base/pool.h"
#include "harness/bytes.h"

#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MEMBER_LIMIT = 100000, LINK_LIMIT = 8, READ_SIZE = 64 * 1024 };

struct member_bytes {
    struct bytes bytes;
    struct archive *archive;
    char *name;
    int64_t position;
};

static ssize_t member_next(struct bytes *b, const void **ret, struct error *e)
{
    struct member_bytes *m = (struct member_bytes *)b;
    size_t size = 0;
    int64_t offset = 0;
    int result;
    do
        result = archive_read_data_block(m->archive, ret, &size, &offset);
    while (result == ARCHIVE_OK && size == 0);
    if (result == ARCHIVE_EOF)
        return 0;
    if (result != ARCHIVE_OK) {
        bytes_feed_error(m->archive, m->name, e);
        return -1;
    }
    if (offset != m->position) {
        error_set(e, ERROR_RUN, "%s is a sparse file in its archive", m->name);
        return -1;
    }
    m->position += (int64_t)size;
    return (ssize_t)size;
}

static void member_close(struct bytes *b)
{
    struct member_bytes *m = (struct member_bytes *)b;
    archive_read_free(m->archive);
    free(m->name);
    free(m);
}

static struct archive *open_archive(const char *path, struct error *e)
{
    struct stat st;
    if (stat(path, &st) < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        error_set(e, ERROR_RUN, "%s is not a regular file", path);
        return NULL;
    }
    struct archive *a = archive_read_new();
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_format_tar(a);
    if (archive_read_open_filename(a, path, READ_SIZE) == ARCHIVE_OK)
        return a;
    bytes_feed_error(a, path, e);
    archive_read_free(a);
    return NULL;
}

static const char *plain_name(const char *name)
{
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    return name;
}

/* Moves on to the member; NULL at the end (the error unset) or on failure. */
static struct archive_entry *find_entry(struct archive *a, const char *path, const char *member,
                                        struct error *e)
{
    struct archive_entry *entry;
    for (size_t i = 0; i < MEMBER_LIMIT; i++) {
        int result = archive_read_next_header(a, &entry);
        if (result == ARCHIVE_EOF)
            return NULL;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            bytes_feed_error(a, path, e);
            return NULL;
        }
        const char *name = archive_entry_pathname(entry);
        if (name && strcmp(plain_name(name), member) == 0)
            return entry;
    }
    error_set(e, ERROR_RUN, "%s has more than %d members", path, MEMBER_LIMIT);
    return NULL;
}

/* docker save links a layer that two images share: "../ID/layer.tar", relative to the link. */
static char *link_target(const char *member, struct archive_entry *entry)
{
    const char *hard = archive_entry_hardlink(entry), *soft = archive_entry_symlink(entry);
    if (hard)
        return must_strdup(plain_name(hard));
    if (!soft)
        return NULL;
    const char *slash = strrchr(member, '/');
    size_t base = slash ? (size_t)(slash - member) : 0;
    while (strncmp(soft, "../", 3) == 0) {
        soft += 3;
        do
            base -= base > 0;
        while (base > 0 && member[base] != '/');
    }
    return must_printf("%.*s%s%s", (int)base, member, base > 0 ? "/" : "", plain_name(soft));
}

static struct bytes *take_member(struct archive *a, const char *member)
{
    struct member_bytes *m = must_calloc(1, sizeof *m);
    *m = (struct member_bytes){{member_next, member_close}, a, must_strdup(member), 0};
    return &m->bytes;
}

/* One look through the archive: the member, or the name that it is a link to. */
static struct bytes *look_once(const char *path, const char *member, char **ret_target,
                               struct error *e)
{
    struct archive *a = open_archive(path, e);
    struct archive_entry *entry = a ? find_entry(a, path, member, e) : NULL;
    *ret_target = entry ? link_target(member, entry) : NULL;
    if (entry && !*ret_target && archive_entry_filetype(entry) == AE_IFREG)
        return take_member(a, member);
    archive_read_free(a);
    return NULL;
}

struct bytes *bytes_of_member(const char *path, const char *member, bool *ret_found,
                              struct error *e)
{
    char *name = must_strdup(member);
    struct bytes *found = NULL;
    for (int i = 0; name && !found && i < LINK_LIMIT; i++) {
        char *target;
        found = look_once(path, name, &target, e);
        free(name);
        name = target;
    }
    free(name);
    *ret_found = found != NULL;
    if (!found && !error_is_set(e))
        error_set(e, ERROR_RUN, "%s has no file %s", path, member);
    return found;
}
