/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/json_out.h"
#include "harness/store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One for each reference and platform; either may be longer than a file's name. */
static char *path_of(const struct store *s, const struct store_image *image)
{
    char key[SHA256_TEXT_SIZE];
    CLEANUP_FREE char *both = must_printf("%s %s", image->platform, image->reference);
    sha256_of(both, strlen(both), key);
    return must_printf("%s/images/%s", s->path, key + strlen("sha256:"));
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
    CLEANUP_FREE char *path = path_of(s, image);
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
