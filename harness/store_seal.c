/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/store_seal.h"
#include "harness/base/file.h"
#include "harness/base/json_out.h"
#include "harness/base/pool.h"
#include "harness/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEAL_VERSION = 3, SEAL_BYTES = 4096, TOP_LIMIT = 1000 * 1000 };

static int open_rootfs(const char *dir, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/rootfs", dir);
    return tree_open_root(path, e);
}

static uint64_t count_top(int root)
{
    CLEANUP_NAMES struct tree_names names = tree_list(root, ".", TOP_LIMIT);
    return names.count;
}

static bool hash_record(const char *dir, char ret[SHA256_TEXT_SIZE], struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/record.json", dir);
    return sha256_of_file(path, ret, NULL, e);
}

/* Whether this process gives files the owners that an image gives them: root does, also the root of
 * a user namespace (user_namespace.h). */
static bool has_owners(void)
{
    return geteuid() == 0;
}

/* ---- making ---- */

struct syncing { /* in a thread: the disk writes the files while they are summed up */
    int fd;
    int error; /* errno; 0: done */
};

static void *sync_all(void *data)
{
    struct syncing *s = data;
    s->error = syncfs(s->fd) < 0 ? errno : 0;
    return NULL;
}

static bool summarize_and_sync(int root, const char *dir, struct tree_summary *ret, struct error *e)
{
    pthread_t thread;
    struct syncing s = {root, 0};
    bool threaded = pthread_create(&thread, NULL, sync_all, &s) == 0;
    bool ok = tree_summarize(root, ret, e);
    if (threaded)
        pthread_join(thread, NULL);
    else
        sync_all(&s);
    if (ok && s.error)
        return error_errno(e, ERROR_RUN, s.error, "cannot sync %s", dir);
    return ok;
}

bool store_seal_make(const char *dir, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/seal.json", dir);
    CLEANUP_TEXT struct text t = TEXT_INIT;
    struct store_seal seal;
    CLEANUP_CLOSE int root = open_rootfs(dir, e);
    if (root < 0 || !hash_record(dir, seal.record, e) ||
        !summarize_and_sync(root, dir, &seal.tree, e))
        return false;
    json_out_open(&t, NULL, '{');
    json_out_integer(&t, "plimsoll-seal", SEAL_VERSION);
    json_out_text(&t, "record", seal.record);
    json_out_text(&t, "tree", seal.tree.digest);
    json_out_integer(&t, "entries", seal.tree.entries);
    json_out_integer(&t, "bytes", seal.tree.bytes);
    json_out_integer(&t, "top", count_top(root));
    json_out_bool(&t, "owners", has_owners());
    json_out_close(&t, '}');
    text_add_char(&t, '\n');
    return file_publish(path, t.data, t.length, e);
}

/* ---- checking ---- */

static bool get_digest(const json_t *object, const char *key, char ret[SHA256_TEXT_SIZE])
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text || !sha256_valid(text))
        return false;
    strcpy(ret, text);
    return true;
}

static bool get_count(const json_t *object, const char *key, uint64_t *ret)
{
    const json_t *n = json_object_get(object, key);
    *ret = (uint64_t)json_integer_value(n);
    return json_is_integer(n) && json_integer_value(n) >= 0;
}

static bool read_seal(const char *dir, struct store_seal *ret, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/seal.json", dir);
    CLEANUP_FREE char *text = file_read(path, SEAL_BYTES, NULL, e);
    if (!text)
        return false;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    bool ok = json_integer_value(json_object_get(root, "plimsoll-seal")) == SEAL_VERSION &&
              get_digest(root, "record", ret->record) &&
              get_digest(root, "tree", ret->tree.digest) &&
              get_count(root, "entries", &ret->tree.entries) &&
              get_count(root, "bytes", &ret->tree.bytes) && get_count(root, "top", &ret->top);
    ret->owners = json_is_true(json_object_get(root, "owners"));
    json_decref(root);
    return ok || error_set(e, ERROR_RUN, "seal.json is damaged or of another version");
}

/* The seal and what is cheap to compare; the open rootfs, or -1. */
static int check(const char *dir, struct store_seal *ret, struct error *e)
{
    char record[SHA256_TEXT_SIZE];
    if (!read_seal(dir, ret, e) || !hash_record(dir, record, e))
        return -1;
    if (strcmp(record, ret->record) != 0) {
        error_set(e, ERROR_RUN, "record.json is damaged");
        return -1;
    }
    if (ret->owners != has_owners()) {
        error_set(e, ERROR_RUN,
                  ret->owners ? "its files have owners that are not ours to lend any more"
                              : "its owners were only recorded, and can be kept now");
        return -1;
    }
    int root = open_rootfs(dir, e);
    uint64_t top = root < 0 ? 0 : count_top(root);
    if (root < 0 || top == ret->top)
        return root;
    error_set(e, ERROR_RUN, "rootfs has %llu entries, not %llu", (unsigned long long)top,
              (unsigned long long)ret->top);
    close(root);
    return -1;
}

bool store_seal_check(const char *dir, struct store_seal *ret, struct error *e)
{
    CLEANUP_CLOSE int root = check(dir, ret, e);
    return root >= 0;
}

bool store_seal_verify(const char *dir, struct error *e)
{
    struct store_seal seal;
    struct tree_summary now;
    CLEANUP_CLOSE int root = check(dir, &seal, e);
    if (root < 0 || !tree_summarize(root, &now, e))
        return false;
    if (strcmp(now.digest, seal.tree.digest) == 0)
        return true;
    return error_set(e, ERROR_RUN, "its files are not what was unpacked (%llu entries, of %llu)",
                     (unsigned long long)now.entries, (unsigned long long)seal.tree.entries);
}
