/* SPDX-License-Identifier: Apache-2.0 */
/* Reading matrix files and what they include. */
#include "harness/base/nearest.h"
#include "matrices/builtin.h"
#include "matrices/matrix_data.h"
#include "matrices/override.h"

#include "harness/base/file.h"
#include "harness/base/sha256.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE_LIMIT = 16 * 1024 * 1024, DEPTH_LIMIT = 8, FILE_LIMIT = 64 };

struct load {
    struct matrix *m;
    struct faults faults; /* of the files that are finished */
    unsigned depth;
};

struct source {
    const char *name; /* "plimsoll.yaml", "builtin/dns.yaml" */
    const char *text;
    size_t length;
    bool shipped;
};

static void load_source(struct load *l, const struct source *source);

static bool seen_before(struct matrix *m, const char *what)
{
    const char *kept = pool_intern(m->pool, what);
    for (size_t i = 0; i < m->seen_count; i++)
        if (m->seen[i] == kept)
            return true;
    *ARRAY_ADD(&m->seen, &m->seen_count) = kept;
    return false;
}

static bool is_shipped(const char *name)
{
    for (const struct builtin_matrix *b = builtin_matrices; b->name; b++)
        if (builtin_belongs(b, name))
            return true;
    return strcmp(name, "builtin") == 0;
}

static void load_shipped(struct load *l, const char *name)
{
    for (const struct builtin_matrix *b = builtin_matrices; b->name; b++) {
        const char *path = pool_printf(l->m->pool, "builtin/%s.yaml", b->name);
        if (builtin_belongs(b, name) && !seen_before(l->m, path))
            load_source(l, &(struct source){path, b->text, b->length, true});
    }
}

/* false: e tells why it cannot be read. */
static bool load_file(struct load *l, const char *path, struct error *e)
{
    size_t length;
    CLEANUP_FREE char *text = file_read(path, SIZE_LIMIT, &length, e);
    if (!text)
        return false;
    CLEANUP_FREE char *real = realpath(path, NULL);
    if (!seen_before(l->m, real ? real : path))
        load_source(l, &(struct source){pool_intern(l->m->pool, path), text, length, false});
    return true;
}

/* "" or the folder of a path with its last slash: where its relative includes begin */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static void unknown_matrix(struct faults *own, const struct node *node)
{
    struct nearest nearest = {.word = node->text};
    nearest_offer(&nearest, "builtin");
    for (const struct builtin_matrix *b = builtin_matrices; b->name; b++)
        if (!builtin_belongs(b, "builtin"))
            nearest_offer(&nearest, b->name);
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    faults_add(own, &node->at, "unknown matrix \"%s\"%s; a file is written ./%s", node->text, hint,
               node->text);
}

static void load_include(struct load *l, const struct source *from, const struct node *node,
                         struct faults *own)
{
    struct error e = ERROR_INIT;
    if (node->kind != NODE_SCALAR || !*node->text) {
        faults_add(own, &node->at, "an include is the name of a matrix or a file");
    } else if (l->depth >= DEPTH_LIMIT || l->m->file_count >= FILE_LIMIT) {
        faults_add(own, &node->at, "more than %d files, or included more than %d deep", FILE_LIMIT,
                   DEPTH_LIMIT);
    } else if (is_shipped(node->text)) {
        load_shipped(l, node->text);
    } else if (from->shipped || !strpbrk(node->text, "./")) {
        unknown_matrix(own, node);
    } else {
        size_t folder = node->text[0] == '/' ? 0 : folder_length(from->name);
        CLEANUP_FREE char *path = must_printf("%.*s%s", (int)folder, from->name, node->text);
        if (!load_file(l, path, &e))
            faults_add(own, &node->at, "%s", e.message);
        error_clear(&e);
    }
}

static void load_includes(struct load *l, const struct source *from, const struct node *list,
                          struct faults *own)
{
    if (list->kind != NODE_LIST) {
        faults_add(own, &list->at, "include must be a list, like [builtin]");
        return;
    }
    l->depth++;
    for (const struct node *n = list->first; n; n = n->next)
        load_include(l, from, n, own);
    l->depth--;
}

static bool check_schema(const struct node *root, struct faults *own)
{
    const struct node *schema = node_get(root, "plimsoll");
    if (!schema)
        faults_add(own, &root->at, "no \"plimsoll: 1\": it says which format this is");
    else if (schema->kind != NODE_SCALAR || strcmp(schema->text, "1") != 0)
        faults_add(own, &schema->at, "this plimsoll reads \"plimsoll: 1\", not %s",
                   schema->kind == NODE_SCALAR ? schema->text : node_kind_name(schema->kind));
    else
        return true;
    return false;
}

static void check_keys(const struct node *root, struct faults *own)
{
    static const char *const keys[] = {"plimsoll",  "include", "images",
                                       "platforms", "flavors", "checks"};
    for (const struct node *n = root->first; n; n = n->next) {
        struct nearest nearest = {.word = n->key->text};
        bool known = !*n->key->text; /* told already */
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            known |= strcmp(keys[i], n->key->text) == 0;
            nearest_offer(&nearest, keys[i]);
        }
        CLEANUP_FREE char *hint = nearest_hint(&nearest);
        if (!known)
            faults_add(own, &n->key->at, "unknown key \"%s\"%s", n->key->text, hint);
    }
}

static bool check_area(const struct node *check, struct faults *own)
{
    enum area area;
    const char *id = check->key->text, *dot = strchr(id, '.');
    if (dot && dot[1] && area_of_check(id, &area))
        return true;
    CLEANUP_FREE char *word = must_printf("%.*s", (int)strcspn(id, "."), id);
    struct nearest nearest = {.word = word};
    for (int a = 0; a < AREA_COUNT; a++)
        nearest_offer(&nearest, area_name((enum area)a));
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    faults_add(
        own, &check->key->at,
        "\"%s\" is no check: its name begins with an area and a dot, like dns.tcp-fallback%s", id,
        hint);
    return false;
}

static void read_rules(struct load *l, const struct source *source, const struct node *check,
                       struct faults *own)
{
    if (!check_area(check, own))
        return;
    if (check->kind != NODE_LIST || !check->first) {
        faults_add(own, &check->at, "%s must be a list of rules, each begun with \"-\"",
                   check->key->text);
        return;
    }
    for (const struct node *n = check->first; n; n = n->next) {
        struct rule rule;
        if (!rule_parse(l->m->pool, check->key->text, n, own, &rule))
            continue;
        rule.check_at = check->key->at;
        rule.file = l->m->file_count;
        rule.shipped = source->shipped;
        *ARRAY_ADD(&l->m->rules, &l->m->rule_count) = rule;
    }
}

static void read_root(struct load *l, const struct source *source, const struct node *root,
                      struct faults *own)
{
    const struct node *node;
    if (root->kind != NODE_MAP) {
        faults_add(own, &root->at, "a matrix is a map that begins with \"plimsoll: 1\"");
        return;
    }
    if (!check_schema(root, own))
        return;
    check_keys(root, own);
    if ((node = node_get(root, "include")))
        load_includes(l, source, node, own);
    if ((node = node_get(root, "images")))
        matrix_read_images(l->m, node, own);
    if ((node = node_get(root, "platforms")))
        matrix_read_platforms(l->m, node, own);
    if ((node = node_get(root, "flavors")))
        matrix_read_flavors(l->m, node, own);
    if (!(node = node_get(root, "checks")))
        return;
    if (node->kind != NODE_MAP)
        faults_add(own, &node->at, "checks must be a map of checks, this is %s",
                   node_kind_name(node->kind));
    for (const struct node *n = node->first; n && node->kind == NODE_MAP; n = n->next)
        read_rules(l, source, n, own);
}

/* What it includes is finished first, so that a file's own rules override it. */
static void load_source(struct load *l, const struct source *source)
{
    struct matrix *m = l->m;
    struct faults own = {NULL, 0, 0};
    char digest[SHA256_TEXT_SIZE];
    const struct node *root = node_parse(m->pool, source->name, source->text, source->length, &own);
    if (root)
        read_root(l, source, root, &own);
    sha256_of(source->text, source->length, digest);
    *ARRAY_ADD(&m->files, &m->file_count) =
        (struct matrix_file){source->name, pool_intern(m->pool, digest)};
    matrix_override(m, m->file_count - 1, &own);
    faults_sort(&own);
    faults_move(&l->faults, &own);
}

static bool finish(struct load *l, struct error *e)
{
    bool good = faults_report(&l->faults, e);
    faults_done(&l->faults);
    return good;
}

bool matrix_load(struct matrix *m, const char *path, struct error *e)
{
    struct load l = {.m = m};
    if (is_shipped(path)) {
        load_shipped(&l, path);
    } else if (!load_file(&l, path, e)) {
        e->code = ERROR_USAGE;
        return error_context(e, "matrix");
    }
    return finish(&l, e);
}

bool matrix_load_text(struct matrix *m, const char *name, const char *text, size_t length,
                      struct error *e)
{
    struct load l = {.m = m};
    load_source(&l, &(struct source){pool_intern(m->pool, name), text, length, false});
    return finish(&l, e);
}
