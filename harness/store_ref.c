/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/json_out.h"
#include "harness/store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { REF_BYTES = 16 * 1024 };

/* The reference itself may be longer than a file's name. */
static char *path_of(const struct store *s, const char *reference)
{
    char key[SHA256_TEXT_SIZE];
    sha256_of(reference, strlen(reference), key);
    return must_printf("%s/refs/%s", s->path, key + strlen("sha256:"));
}

bool store_recall_ref(const struct store *s, struct pool *pool, const char *reference,
                      struct store_ref *ret)
{
    CLEANUP_FREE char *path = path_of(s, reference);
    struct error ignored = ERROR_INIT; /* not remembered: asked anew */
    CLEANUP_FREE char *text = file_read(path, REF_BYTES, NULL, &ignored);
    error_clear(&ignored);
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const char *digest = json_string_value(json_object_get(root, "digest"));
    const json_t *size = json_object_get(root, "size");
    bool good = digest && sha256_valid(digest) && json_is_integer(size);
    if (good)
        *ret = (struct store_ref){
            .digest = pool_intern(pool, digest),
            .media_type = pool_intern(pool, json_string_value(json_object_get(root, "mediaType"))),
            .size = json_integer_value(size),
        };
    json_decref(root);
    return good;
}

bool store_remember_ref(const struct store *s, const char *reference, const struct store_ref *ref,
                        struct error *e)
{
    CLEANUP_FREE char *path = path_of(s, reference);
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
