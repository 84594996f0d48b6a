/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/store_verify.h"
#include "harness/base/file.h"
#include "harness/memo.h"
#include "harness/store_seal.h"
#include "harness/tree.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_LIMIT = 1000 * 1000, FILE_BYTES = 16 * 1024 * 1024, LEFTOVER_SECONDS = 60 * 60 };

struct verification {
    const struct store *store;
    bool repair;
    void (*tell)(const struct store_finding *finding, void *data);
    void *data;
    struct store_verified *result;
    struct pool *pool;
};

struct part { /* a folder of the store: one thing a name, which is 64 hexadecimal digits */
    const char *folder, *noun; /* noun NULL: the file's own name */
    /* Whether it is good; else *ret_why (the caller frees it) says what is wrong. */
    bool (*check)(struct verification *v, const char *digest, char **ret_why);
    size_t *(*counter)(struct store_verified *r); /* NULL: not counted */
};

/* ---- the parts ---- */

static bool take_message(bool ok, struct error *e, char **ret_why)
{
    *ret_why = e->message;
    return ok;
}

static bool check_blob(struct verification *v, const char *digest, char **ret_why)
{
    return store_blob_verify(v->store, digest, ret_why);
}

static bool check_root(struct verification *v, const char *digest, char **ret_why)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *dir =
        must_printf("%s/roots/sha256/%s", v->store->path, digest + strlen("sha256:"));
    return take_message(store_seal_verify(dir, &e), &e, ret_why);
}

static bool check_image(struct verification *v, const char *digest, char **ret_why)
{
    struct error e = ERROR_INIT;
    struct store_image image;
    const char *key = digest + strlen("sha256:");
    return take_message(store_read_image(v->store, v->pool, key, &image, &e), &e, ret_why);
}

static bool check_ref(struct verification *v, const char *digest, char **ret_why)
{
    struct error e = ERROR_INIT;
    struct store_ref ref;
    const char *reference, *key = digest + strlen("sha256:");
    return take_message(store_read_ref(v->store, v->pool, key, &reference, &ref, &e), &e, ret_why);
}

static bool check_memo(struct verification *v, const char *digest, char **ret_why)
{
    struct error e = ERROR_INIT;
    size_t length;
    const char *key = digest + strlen("sha256:");
    CLEANUP_FREE char *path = must_printf("%s/memo/%s", v->store->path, key);
    CLEANUP_FREE char *data = file_read(path, FILE_BYTES, &length, &e);
    bool ok = data && (sha256_valid(data) || memo_is_whole(data, length));
    *ret_why = e.message || ok ? e.message : must_strdup("it is not what was remembered");
    return ok;
}

static size_t *blobs_of(struct store_verified *r)
{
    return &r->blobs;
}

static size_t *roots_of(struct store_verified *r)
{
    return &r->roots;
}

static const struct part parts[] = {{"blobs/sha256", "blob", check_blob, blobs_of},
                                    {"roots/sha256", "root", check_root, roots_of},
                                    {"images", NULL, check_image, NULL},
                                    {"refs", NULL, check_ref, NULL},
                                    {"memo", NULL, check_memo, NULL}};

/* ---- one of them ---- */

static bool exists(const struct verification *v, const struct part *p, const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/%s/%s", v->store->path, p->folder, name);
    return access(path, F_OK) == 0;
}

static bool remove_it(const struct verification *v, const struct part *p, const char *name,
                      struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/%s/%s", v->store->path, p->folder, name);
    CLEANUP_FREE char *digest = must_printf("sha256:%s", name);
    if (p->check != check_root || !sha256_valid(digest))
        return file_remove_tree(path, e);
    enum store_removal result = store_remove_root(v->store, digest, e);
    return result == STORE_REMOVED ||
           (result == STORE_IN_USE && error_set(e, ERROR_RUN, "it is in use"));
}

static void report(struct verification *v, const struct part *p, const char *name,
                   struct store_finding *finding)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *what = p->noun && !finding->leftover
                                  ? must_printf("%s sha256:%s", p->noun, name)
                                  : must_printf("%s/%s", p->folder, name);
    finding->what = what;
    finding->removed = v->repair && remove_it(v, p, name, &e);
    finding->kept = e.message;
    v->result->damaged += !finding->leftover;
    v->result->kept += !finding->leftover && !finding->removed;
    v->tell(finding, v->data);
    error_clear(&e);
}

/* What is young may be a file that another process is about to rename. */
static bool is_leftover(const struct verification *v, const struct part *p, const char *name)
{
    struct stat st;
    CLEANUP_FREE char *path = must_printf("%s/%s/%s", v->store->path, p->folder, name);
    return lstat(path, &st) == 0 && st.st_mtime + LEFTOVER_SECONDS < time(NULL);
}

static void verify_name(struct verification *v, const struct part *p, const char *name)
{
    char *why = NULL;
    CLEANUP_FREE char *digest = must_printf("sha256:%s", name);
    if (!sha256_valid(digest)) {
        if (is_leftover(v, p, name))
            report(v, p, name,
                   &(struct store_finding){.why = "no part of a store", .leftover = true});
        return;
    }
    if (p->counter)
        ++*p->counter(v->result);
    if (!p->check(v, digest, &why) && exists(v, p, name)) /* else another process removed it */
        report(v, p, name, &(struct store_finding){.why = why});
    free(why);
}

void store_verify(const struct store *s, bool repair,
                  void (*tell)(const struct store_finding *finding, void *data), void *data,
                  struct store_verified *ret)
{
    *ret = (struct store_verified){0};
    struct verification v = {s, repair, tell, data, ret, pool_new()};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        CLEANUP_FREE char *path = must_printf("%s/%s", s->path, parts[i].folder);
        CLEANUP_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            continue;
        CLEANUP_NAMES struct tree_names names = tree_list(fd, ".", FILE_LIMIT);
        for (size_t k = 0; k < names.count; k++)
            verify_name(&v, &parts[i], names.items[k]);
    }
    pool_free(v.pool);
}
