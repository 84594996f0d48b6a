/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_target.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "harness/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NAME_LIMIT = 4 * 1000 * 1000, /* of one directory: more than the limit of entries allows */
    IMPLIED_MODE = 0755,
    OPEN_MODE = 0700, /* of a directory that is not finished */
};

void layer_target_init(struct layer_target *t, int root, const struct layer_limits *limits)
{
    *t = (struct layer_target){
        .root = root, .limits = limits, .tree = layer_node_new(), .layer = 1, .parent = -1};
}

static void forget_parent(struct layer_target *t)
{
    if (t->parent >= 0)
        close(t->parent);
    free(t->spelt);
    t->parent = -1;
    t->spelt = NULL;
    t->parent_node = NULL;
}

void layer_target_done(struct layer_target *t)
{
    forget_parent(t);
    layer_node_free(t->tree);
    t->tree = NULL;
}

void layer_target_next_layer(struct layer_target *t)
{
    forget_parent(t);
    t->layer++;
}

/* ---- parents ---- */

static bool parent_error(const char *path, int errnum, struct error *e)
{
    CLEANUP_FREE char *shown = layer_path_show(path);
    return error_errno(e, ERROR_RUN, errnum, "cannot enter directory \"%s\"", shown);
}

/* Makes the missing ones of "a/b/c", from the top. */
static bool make_parents(struct layer_target *t, char *path, struct error *e)
{
    int fd = tree_open(t->root, ".", O_PATH | O_DIRECTORY, 0);
    for (char *p = path; fd >= 0 && *p != '\0';) {
        char *end = p + strcspn(p, "/"), kept = *end;
        *end = '\0';
        t->implied += mkdirat(fd, p, OPEN_MODE) == 0;
        close(fd);
        fd = tree_open(t->root, path, O_PATH | O_DIRECTORY, 0);
        if (fd < 0)
            parent_error(path, errno, e);
        *end = kept;
        p = end + (kept == '/');
    }
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Links between them can make a path longer and deeper than the archive spells it. */
static bool check_real(const struct layer_target *t, const char *real, const char *spelt,
                       struct error *e)
{
    uint64_t depth = 1;
    for (const char *p = real; *p; p++)
        depth += *p == '/';
    if (depth <= t->limits->nesting && strlen(real) <= t->limits->path)
        return true;
    CLEANUP_FREE char *shown = layer_path_show(spelt);
    CLEANUP_FREE char *what = must_printf("directory \"%s\" is nested too deeply", shown);
    return layer_limits_error(t->limits, "nesting", what, e);
}

static struct layer_node *node_of(const struct layer_target *t, const char *real, bool mark)
{
    struct layer_node *n = t->tree;
    for (const char *p = real; *p != '\0';) {
        size_t length = strcspn(p, "/");
        n = layer_node_add(n, p, length);
        n->directory = true;
        n->layer = mark ? t->layer : n->layer;
        p += length + (p[length] == '/');
    }
    return n;
}

/* Most paths lead through no link: then they are the real ones. Leaves t as it is on failure with
 * ENOENT or ENOTDIR. */
static int find_parent(struct layer_target *t, const char *path, bool mark, struct error *e)
{
    CLEANUP_FREE char *real = NULL;
    int fd = tree_open_straight(t->root, *path ? path : ".", O_PATH | O_DIRECTORY);
    if (fd < 0 && errno == ELOOP) {
        fd = tree_open(t->root, path, O_PATH | O_DIRECTORY, 0);
        real = fd >= 0 ? tree_resolve(t->root, path) : NULL;
        if (fd >= 0 && (!real || !check_real(t, real + 1, path, e))) {
            if (!real)
                parent_error(path, ENAMETOOLONG, e);
            close(fd);
            return -1;
        }
    }
    if (fd >= 0)
        t->parent_node = node_of(t, real ? real + 1 : path, mark);
    return fd;
}

static char *spelt_parent(const struct layer_path *p)
{
    return must_printf("%.*s", (int)p->parent_length, p->path);
}

bool layer_target_enter(struct layer_target *t, const struct layer_path *p, struct error *e)
{
    if (t->parent >= 0 && strlen(t->spelt) == p->parent_length &&
        memcmp(t->spelt, p->path, p->parent_length) == 0)
        return true;
    forget_parent(t);
    t->spelt = spelt_parent(p);
    t->parent = find_parent(t, t->spelt, true, e);
    if (t->parent < 0 && errno == ENOENT && !error_is_set(e) && make_parents(t, t->spelt, e))
        t->parent = find_parent(t, t->spelt, true, e);
    if (t->parent >= 0)
        return true;
    return error_is_set(e) ? false : parent_error(t->spelt, errno, e);
}

static bool remove_named(struct layer_node *dir, int parent, const char *name, struct error *e)
{
    layer_node_remove(dir, name);
    return file_remove_tree_at(parent, name, e);
}

bool layer_target_clear(struct layer_target *t, const char *name, struct error *e)
{
    struct stat st;
    if (fstatat(t->parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        layer_node_remove(t->parent_node, name); /* it may have been only in the record */
        return errno == ENOENT || parent_error(name, errno, e);
    }
    if (!remove_named(t->parent_node, t->parent, name, e))
        return false;
    /* A path that leads through what is gone must be looked up anew; the parent itself stays good
     * for the entry that takes the place, so only its spelling is spoilt. */
    if ((S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode)) && t->spelt) {
        free(t->spelt);
        t->spelt = must_strdup("/");
    }
    return true;
}

/* ---- what the present layer brought ---- */

void layer_target_mark(struct layer_target *t, const char *name, const struct layer_look *look)
{
    struct layer_node *n = t->parent_node;
    bool needed = look || t->layer > 1; /* else nothing lies below that could be hidden */
    if (*name)
        n = needed ? layer_node_add(n, name, strlen(name)) : layer_node_find(n, name);
    if (!n)
        return;
    n->layer = t->layer;
    layer_node_tell(n, look);
}

/* ---- whiteouts ---- */

static bool hide_all(struct layer_target *t, struct layer_node *dir, int fd, struct error *e);

static bool hide(struct layer_target *t, struct layer_node *dir, int parent, const char *name,
                 struct error *e)
{
    struct layer_node *n = layer_node_find(dir, name);
    if (!n || n->layer != t->layer)
        return remove_named(dir, parent, name, e);
    if (!n->directory)
        return true;
    CLEANUP_CLOSE int fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 ? hide_all(t, n, fd, e) : parent_error(name, errno, e);
}

static bool hide_all(struct layer_target *t, struct layer_node *dir, int fd, struct error *e)
{
    CLEANUP_NAMES struct tree_names names = tree_list(fd, ".", NAME_LIMIT);
    for (size_t i = 0; i < names.count; i++)
        if (!hide(t, dir, fd, names.items[i], e))
            return false;
    layer_node_prune(dir, t->layer); /* what is only in the record */
    return true;
}

/* A whiteout in a directory that no layer has hides nothing and makes nothing. */
bool layer_target_hide(struct layer_target *t, const struct layer_path *p, struct error *e)
{
    if (t->layer == 1)
        return true;
    forget_parent(t);
    CLEANUP_FREE char *path = spelt_parent(p);
    CLEANUP_CLOSE int parent = find_parent(t, path, false, e);
    struct layer_node *dir = t->parent_node;
    t->parent_node = NULL;
    if (parent < 0)
        return !error_is_set(e) &&
               (errno == ENOENT || errno == ENOTDIR || parent_error(path, errno, e));
    return p->kind == LAYER_OPAQUE ? hide_all(t, dir, parent, e) : hide(t, dir, parent, p->name, e);
}

/* ---- the end ---- */

struct finishing {
    const struct layer_target *target;
    struct layer_powers *powers;
    struct text path;
    struct error *error;
};

static bool finish_directory(const struct finishing *f, struct layer_node *n, const char *path)
{
    CLEANUP_CLOSE int fd =
        tree_open_straight(f->target->root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0)
        return parent_error(path, errno, f->error);
    if (n->told ? layer_look_apply(&n->look, f->powers, fd, false, f->error)
                : fchmod(fd, IMPLIED_MODE) == 0)
        return true;
    CLEANUP_FREE char *shown = layer_path_show(path);
    return error_is_set(f->error)
               ? error_context(f->error, "directory \"%s\"", shown)
               : error_errno(f->error, ERROR_RUN, errno, "directory \"%s\" stays closed", shown);
}

static bool finish(struct layer_node *n, void *data)
{
    struct finishing *f = data;
    if (!n->directory)
        return true;
    size_t before = f->path.length;
    if (n->parent)
        text_printf(&f->path, "%s%s", before > 0 ? "/" : "", n->name);
    bool ok = layer_node_each(n, finish, f) &&
              finish_directory(f, n, n->parent ? text_get(&f->path) : ".");
    text_cut(&f->path, before);
    return ok;
}

bool layer_target_finish(struct layer_target *t, struct layer_powers *powers, struct error *e)
{
    t->tree->directory = true;
    struct finishing f = {t, powers, TEXT_INIT, e};
    bool ok = finish(t->tree, &f);
    text_done(&f.path);
    return ok;
}
