/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/json_out.h"
#include "harness/store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { REF_BYTES = 16 * 1024 };

/* The reference itself may be longer than a file's name. */
static void key_of(const char *reference, char ret[SHA256_TEXT_SIZE])
{
    sha256_of(reference, strlen(reference), ret);
}

static char *path_of(const struct store *s, const char *key)
{
    return must_printf("%s/refs/%s", s->path, key);
}

static bool parse(struct pool *pool, const json_t *root, const char *key,
                  const char **ret_reference, struct store_ref *ret)
{
    char wanted[SHA256_TEXT_SIZE];
    const char *reference = json_string_value(json_object_get(root, "reference"));
    const char *digest = json_string_value(json_object_get(root, "digest"));
    const char *type = json_string_value(json_object_get(root, "mediaType"));
    const json_t *size = json_object_get(root, "size");
    if (!reference || !digest || !sha256_valid(digest) || !json_is_integer(size) ||
        json_integer_value(size) < 0)
        return false;
    key_of(reference, wanted);
    *ret_reference = pool_intern(pool, reference);
    *ret = (struct store_ref){pool_intern(pool, digest), pool_intern(pool, type),
                              json_integer_value(size)};
    return strcmp(wanted + strlen("sha256:"), key) == 0;
}

bool store_read_ref(const struct store *s, struct pool *pool, const char *key,
                    const char **ret_reference, struct store_ref *ret, struct error *e)
{
    CLEANUP_FREE char *path = path_of(s, key);
    CLEANUP_FREE char *text = file_read(path, REF_BYTES, NULL, e);
    if (!text)
        return false;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    bool good = parse(pool, root, key, ret_reference, ret);
    json_decref(root);
    return good || error_set(e, ERROR_RUN, "%s is no reference", path);
}

bool store_recall_ref(const struct store *s, struct pool *pool, const char *reference,
                      struct store_ref *ret)
{
    char key[SHA256_TEXT_SIZE];
    const char *same;
    struct store_ref found;
    struct error ignored = ERROR_INIT; /* not remembered, or damaged: asked anew */
    key_of(reference, key);
    bool good = store_read_ref(s, pool, key + strlen("sha256:"), &same, &found, &ignored);
    error_clear(&ignored);
    if (good)
        *ret = found;
    return good;
}

bool store_remember_ref(const struct store *s, const char *reference, const struct store_ref *ref,
                        struct error *e)
{
    char key[SHA256_TEXT_SIZE];
    key_of(reference, key);
    CLEANUP_FREE char *path = path_of(s, key + strlen("sha256:"));
    CLEANUP_TEXT struct text t = TEXT_INIT;
    json_out_open(&t, NULL, '{');
    json_out_text(&t, "reference", reference);
    json_out_text(&t, "digest", ref->digest);
    json_out_text(&t, "mediaType", ref->media_type);
    json_out_integer(&t, "size", (uint64_t)ref->size);
    json_out_close(&t, '}');
    text_add_char(&t, '\n');
    return file_publish(path, t.data, t.length, e);
}
