/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/json_out.h"
#include "harness/store.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NOTE_BYTES = 16 * 1024 };

/* One for each reference and platform; either may be longer than a file's name. */
static char *key_of(const struct store_image *image)
{
    char digest[SHA256_TEXT_SIZE];
    CLEANUP_FREE char *both = must_printf("%s %s", image->platform, image->reference);
    sha256_of(both, strlen(both), digest);
    return must_strdup(digest + strlen("sha256:"));
}

static const char *text_of(struct pool *pool, const json_t *object, const char *key)
{
    return pool_intern(pool, json_string_value(json_object_get(object, key)));
}

static bool is_good(const struct store_image *image, const char *key)
{
    if (!image->reference || !image->platform || !image->chain || !sha256_valid(image->chain) ||
        (image->manifest && !sha256_valid(image->manifest)))
        return false;
    CLEANUP_FREE char *wanted = key_of(image);
    return strcmp(wanted, key) == 0;
}

bool store_read_image(const struct store *s, struct pool *pool, const char *key,
                      struct store_image *ret, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/images/%s", s->path, key);
    CLEANUP_FREE char *text = file_read(path, NOTE_BYTES, NULL, e);
    if (!text)
        return false;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    struct store_image image = {text_of(pool, root, "reference"), text_of(pool, root, "platform"),
                                text_of(pool, root, "manifest"), text_of(pool, root, "chain")};
    json_decref(root);
    if (!is_good(&image, key))
        return error_set(e, ERROR_RUN, "%s is no note of an image", path);
    *ret = image;
    return true;
}

static bool is_noted(const char *path, const struct text *note)
{
    struct error ignored = ERROR_INIT; /* not there, or longer */
    CLEANUP_FREE char *there = file_read(path, note->length, NULL, &ignored);
    error_clear(&ignored);
    return there && strcmp(there, note->data) == 0;
}

bool store_note_image(const struct store *s, const struct store_image *image, struct error *e)
{
    CLEANUP_FREE char *key = key_of(image);
    CLEANUP_FREE char *path = must_printf("%s/images/%s", s->path, key);
    CLEANUP_TEXT struct text t = TEXT_INIT;
    json_out_open(&t, NULL, '{');
    json_out_text(&t, "reference", image->reference);
    json_out_text(&t, "platform", image->platform);
    json_out_text(&t, "manifest", image->manifest);
    json_out_text(&t, "chain", image->chain);
    json_out_close(&t, '}');
    text_add_char(&t, '\n');
    if (is_noted(path, &t) && utimensat(AT_FDCWD, path, NULL, 0) == 0)
        return true;
    return file_publish(path, t.data, t.length, e);
}
