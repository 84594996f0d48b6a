/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: tar files and layouts made on the spot, and a directory that goes away again. */
#pragma once
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/sha256.h"
#include "harness/base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tar_fixture {
    struct archive *archive;
    struct text data;
};

static inline la_ssize_t tar_fixture_take(struct archive *a, void *text, const void *data,
                                          size_t size)
{
    (void)a;
    text_add_n(text, data, size);
    return (la_ssize_t)size;
}

/* filter: ARCHIVE_FILTER_NONE, _GZIP, _ZSTD. */
static inline void tar_fixture_begin(struct tar_fixture *t, int filter)
{
    *t = (struct tar_fixture){archive_write_new(), TEXT_INIT};
    archive_write_set_format_gnutar(t->archive);
    archive_write_add_filter(t->archive, filter);
    archive_write_set_bytes_in_last_block(t->archive, 1);
    ck_assert_int_eq(archive_write_open(t->archive, &t->data, NULL, tar_fixture_take, NULL),
                     ARCHIVE_OK);
}

enum { NO_MODE = 1 << 16 };

struct tar_member {
    char type; /* 'f' file, 'd' directory, 'l' symlink, 'h' hard link, 'c' device, 'p' fifo */
    const char *path, *text; /* content, or where a link leads */
    mode_t mode;             /* 0: 0644, directories 0755; NO_MODE: none */
    int uid;
};

static dev_t tar_fixture_device __attribute__((unused)) = 0x0103; /* what 'c' makes */

static inline void tar_fixture_add(struct tar_fixture *t, const struct tar_member *m)
{
    static const struct {
        char type;
        mode_t kind;
    } kinds[] = {{'f', AE_IFREG}, {'d', AE_IFDIR}, {'l', AE_IFLNK},
                 {'h', AE_IFREG}, {'c', AE_IFCHR}, {'p', AE_IFIFO}};
    struct archive_entry *entry = archive_entry_new();
    size_t i = 0, size = m->type == 'f' && m->text ? strlen(m->text) : 0;
    while (kinds[i].type != m->type)
        i++;
    archive_entry_set_pathname(entry, m->path);
    archive_entry_set_filetype(entry, kinds[i].kind);
    archive_entry_set_perm(entry, m->mode ? m->mode & 07777 : m->type == 'd' ? 0755 : 0644);
    archive_entry_set_uid(entry, m->uid);
    archive_entry_set_gid(entry, m->uid);
    archive_entry_set_mtime(entry, 1000000000, 0);
    archive_entry_set_size(entry, (int64_t)size);
    if (m->type == 'l')
        archive_entry_set_symlink(entry, m->text);
    if (m->type == 'h')
        archive_entry_set_hardlink(entry, m->text);
    if (m->type == 'c')
        archive_entry_set_rdev(entry, tar_fixture_device);
    ck_assert_int_eq(archive_write_header(t->archive, entry), ARCHIVE_OK);
    if (size > 0)
        ck_assert_int_eq(archive_write_data(t->archive, m->text, size), (la_ssize_t)size);
    archive_entry_free(entry);
}

static inline void tar_fixture_end(struct tar_fixture *t)
{
    archive_write_free(t->archive);
}

/* A whole tar of members, ended by one without a path. */
static inline struct text tar_fixture_make(int filter, const struct tar_member *members)
{
    struct tar_fixture t;
    tar_fixture_begin(&t, filter);
    for (; members->path; members++)
        tar_fixture_add(&t, members);
    tar_fixture_end(&t);
    return t.data;
}

/* ---- a directory for one test ---- */

static inline char *fixture_dir(void)
{
    const char *base = getenv("TMPDIR");
    char *dir = must_printf("%s/plimsoll-test-XXXXXX", base && *base ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    return dir;
}

static inline void fixture_remove(char *dir)
{
    struct error e = ERROR_INIT;
    ck_assert_msg(file_remove_tree(dir, &e), "%s", e.message);
    free(dir);
}

static inline void fixture_write(const char *dir, const char *name, const void *data, size_t size)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    CLEANUP_FREE char *parent = must_printf("%.*s", (int)(strrchr(path, '/') - path), path);
    ck_assert_msg(file_make_dirs(parent, &e) && file_publish(path, data, size, &e), "%s",
                  e.message);
}

static inline void fixture_text(const char *dir, const char *name, const char *text)
{
    fixture_write(dir, name, text, strlen(text));
}

/* An ELF head of this machine: enough for a platform to be told. 62: amd64, 183: arm64. */
static inline void fixture_program(const char *dir, const char *name, unsigned char machine)
{
    unsigned char head[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, [16] = 3, [18] = machine};
    fixture_write(dir, name, head, sizeof head);
}
