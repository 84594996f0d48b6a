/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_target.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENTRY_LIMIT = 1000 * 1000, IMPLIED_MODE = 0755 };

static int compare_paths(const void *a, const void *b)
{
    return strcmp(a, b);
}

void layer_target_init(struct layer_target *t, int root)
{
    *t = (struct layer_target){.root = root, .parent = -1, .first = true};
}

static void forget_parent(struct layer_target *t)
{
    if (t->parent >= 0)
        close(t->parent);
    free(t->parent_path);
    t->parent = -1;
    t->parent_path = NULL;
}

void layer_target_done(struct layer_target *t)
{
    forget_parent(t);
    tdestroy(t->written, free);
    t->written = NULL;
}

void layer_target_next_layer(struct layer_target *t)
{
    tdestroy(t->written, free);
    t->written = NULL;
    t->first = false;
}

/* ---- parents ---- */

static bool parent_error(const char *path, int errnum, struct error *e)
{
    CLEANUP_FREE char *shown = layer_path_show(path);
    return error_errno(e, ERROR_RUN, errnum, "cannot enter directory \"%s\"", shown);
}

/* Makes the missing ones of "a/b/c", from the top. */
static int make_parents(struct layer_target *t, char *path, struct error *e)
{
    int fd = tree_open(t->root, ".", O_PATH | O_DIRECTORY, 0);
    for (char *p = path; fd >= 0 && *p != '\0';) {
        char *end = p + strcspn(p, "/"), kept = *end;
        *end = '\0';
        int made = mkdirat(fd, p, IMPLIED_MODE);
        if (made == 0) /* whatever the umask is */
            fchmodat(fd, p, IMPLIED_MODE, 0);
        close(fd);
        fd = tree_open(t->root, path, O_PATH | O_DIRECTORY, 0);
        if (fd < 0)
            parent_error(path, errno, e);
        *end = kept;
        p = end + (kept == '/');
    }
    return fd;
}

int layer_target_parent(struct layer_target *t, const struct layer_path *p, struct error *e)
{
    if (t->parent >= 0 && strlen(t->parent_path) == p->parent_length &&
        memcmp(t->parent_path, p->path, p->parent_length) == 0)
        return t->parent;
    forget_parent(t);
    t->parent_path = must_printf("%.*s", (int)p->parent_length, p->path);
    const char *path = p->parent_length > 0 ? t->parent_path : ".";
    t->parent = tree_open(t->root, path, O_PATH | O_DIRECTORY, 0);
    if (t->parent < 0 && errno == ENOENT)
        t->parent = make_parents(t, t->parent_path, e);
    else if (t->parent < 0)
        parent_error(path, errno, e);
    return t->parent;
}

bool layer_target_clear(struct layer_target *t, int parent, const struct layer_path *p,
                        struct error *e)
{
    struct stat st;
    if (fstatat(parent, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || parent_error(p->path, errno, e);
    if (!file_remove_tree_at(parent, p->name, e))
        return false;
    /* A path that leads through what is gone must be looked up anew; parent itself stays good until
     * the caller has placed its entry, so only the name of the kept one is spoilt. */
    if ((S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode)) && t->parent_path) {
        free(t->parent_path);
        t->parent_path = must_strdup("/");
    }
    return true;
}

/* ---- what the present layer brought ---- */

void layer_target_mark(struct layer_target *t, const char *path)
{
    if (t->first) /* nothing below: nothing can be hidden */
        return;
    char *copy = must_strdup(path);
    for (;;) {
        char **found = tsearch(copy, &t->written, compare_paths);
        if (!found)
            abort();
        if (*found != copy) {
            free(copy);
            return;
        }
        char *slash = strrchr(copy, '/');
        if (!slash)
            return;
        copy = must_printf("%.*s", (int)(slash - copy), copy);
    }
}

static bool is_marked(const struct layer_target *t, const char *path)
{
    return tfind(path, &t->written, compare_paths) != NULL;
}

static bool hide(struct layer_target *t, int parent, const char *name, const char *path,
                 struct error *e);

/* Hides what lower layers have in a directory that the present layer also has. */
static bool hide_entries(struct layer_target *t, int dir, const char *path, struct error *e)
{
    CLEANUP_NAMES struct tree_names names = tree_list(dir, ".", ENTRY_LIMIT);
    bool ok = true;
    for (size_t i = 0; ok && i < names.count; i++) {
        CLEANUP_FREE char *below = must_printf("%s%s%s", path, *path ? "/" : "", names.items[i]);
        ok = hide(t, dir, names.items[i], below, e);
    }
    return ok;
}

static bool hide(struct layer_target *t, int parent, const char *name, const char *path,
                 struct error *e)
{
    if (!is_marked(t, path))
        return file_remove_tree_at(parent, name, e);
    CLEANUP_CLOSE int dir = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return dir < 0 || hide_entries(t, dir, path, e);
}

/* A whiteout in a directory that no layer has hides nothing and makes nothing. */
bool layer_target_hide(struct layer_target *t, const struct layer_path *p, struct error *e)
{
    if (t->first)
        return true;
    CLEANUP_FREE char *parent_path = p->parent_length > 0
                                         ? must_printf("%.*s", (int)p->parent_length, p->path)
                                         : must_strdup(".");
    CLEANUP_CLOSE int parent = tree_open(t->root, parent_path, O_PATH | O_DIRECTORY, 0);
    forget_parent(t);
    if (parent < 0)
        return errno == ENOENT || errno == ENOTDIR || parent_error(parent_path, errno, e);
    if (p->kind == LAYER_OPAQUE)
        return hide_entries(t, parent, p->parent_length > 0 ? parent_path : "", e);
    return hide(t, parent, p->name, p->path, e);
}
