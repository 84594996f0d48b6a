/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: layers applied to a root of the test's own. */
#pragma once
#include "harness/layer.h"
#include "harness/tar_fixture.h"
#include "harness/tree.h"

#include <fcntl.h>

#define MAYBE_UNUSED __attribute__((unused))

static char *dir; /* of the test; the root is dir/root */

static void set_up(void)
{
    dir = fixture_dir();
    CLEANUP_FREE char *root = must_printf("%s/root", dir);
    ck_assert_int_eq(mkdir(root, 0755), 0);
}

static void tear_down(void)
{
    fixture_remove(dir);
}

static int open_root(void)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/root", dir);
    int fd = tree_open_root(path, &e);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static bool apply(struct layers *l, const struct tar_member *members, struct error *e)
{
    struct text tar = tar_fixture_make(ARCHIVE_FILTER_NONE, members);
    fixture_write(dir, "layer.tar", tar.data, tar.length);
    text_done(&tar);
    CLEANUP_FREE char *path = must_printf("%s/layer.tar", dir);
    CLEANUP_BYTES struct bytes *b = bytes_of_file(path, e);
    ck_assert_ptr_nonnull(b);
    return layers_apply(l, b, e);
}

MAYBE_UNUSED static bool apply_one(const struct tar_member *members,
                                   const struct layer_limits *limits, struct error *e)
{
    CLEANUP_CLOSE int root = open_root();
    struct layers *l = layers_new(root, limits);
    bool ok = apply(l, members, e) && layers_finish(l, e);
    layers_free(l);
    return ok;
}

MAYBE_UNUSED static void apply_two(const struct tar_member *first, const struct tar_member *second)
{
    struct error e = ERROR_INIT;
    CLEANUP_CLOSE int root = open_root();
    struct layers *l = layers_new(root, &layer_default_limits);
    bool ok = apply(l, first, &e) && apply(l, second, &e) && layers_finish(l, &e);
    ck_assert_msg(ok, "%s", e.message);
    layers_free(l);
}

/* Content of a file below the root as it really lies there; NULL when there is none. */
MAYBE_UNUSED static char *content(const char *name)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/root/%s", dir, name);
    char *text = file_read(path, 1000, NULL, &e);
    error_clear(&e);
    return text;
}

MAYBE_UNUSED static void expect(const char *name, const char *wanted)
{
    CLEANUP_FREE char *text = content(name);
    ck_assert_msg(text != NULL, "%s is absent", name);
    ck_assert_str_eq(text, wanted);
}

MAYBE_UNUSED static void expect_absent(const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/root/%s", dir, name);
    ck_assert_msg(faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0, "%s is there", name);
}

MAYBE_UNUSED static struct stat status(const char *name)
{
    struct stat st;
    CLEANUP_FREE char *path = must_printf("%s/root/%s", dir, name);
    ck_assert_int_eq(lstat(path, &st), 0);
    return st;
}
