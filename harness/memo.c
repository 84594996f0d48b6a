/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/memo.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/store.h"

#include <stdlib.h>
#include <string.h>

enum { MEMO_BYTES = 4 * 1024 * 1024, HEAD_LENGTH = SHA256_TEXT_SIZE }; /* a digest and a newline */

void memo_open(struct memo *m, const char *cache)
{
    struct store s;
    struct error ignored = ERROR_INIT;
    *m = (struct memo){NULL};
    if (!store_file_key("/proc/self/exe", m->program, &ignored) ||
        !store_open(&s, cache, &ignored)) {
        error_clear(&ignored);
        return;
    }
    m->dir = must_printf("%s/memo", s.path);
    store_close(&s);
}

void memo_done(struct memo *m)
{
    free(m->dir);
    m->dir = NULL;
}

void memo_key(const struct memo *m, const char *question, char ret[SHA256_TEXT_SIZE])
{
    CLEANUP_FREE char *both = must_printf("%s %s", m->program, question);
    sha256_of(both, strlen(both), ret);
}

bool memo_file_key(const struct memo *m, const char *question, const char *path,
                   char ret[SHA256_TEXT_SIZE])
{
    char file[SHA256_TEXT_SIZE];
    struct error ignored = ERROR_INIT;
    if (!m->dir || !store_file_key(path, file, &ignored)) {
        error_clear(&ignored);
        return false;
    }
    CLEANUP_FREE char *both = must_printf("%s %s", question, file);
    memo_key(m, both, ret);
    return true;
}

bool memo_is_whole(const char *data, size_t length)
{
    char digest[SHA256_TEXT_SIZE];
    if (length < HEAD_LENGTH || data[HEAD_LENGTH - 1] != '\n')
        return false;
    sha256_of(data + HEAD_LENGTH, length - HEAD_LENGTH, digest);
    return strncmp(data, digest, HEAD_LENGTH - 1) == 0;
}

char *memo_recall(const struct memo *m, const char *key, size_t *ret_length)
{
    struct error ignored = ERROR_INIT;
    size_t length;
    if (!m->dir)
        return NULL;
    CLEANUP_FREE char *path = must_printf("%s/%s", m->dir, key + strlen("sha256:"));
    char *data = file_read(path, MEMO_BYTES, &length, &ignored);
    error_clear(&ignored);
    if (!data || !memo_is_whole(data, length)) {
        free(data);
        return NULL;
    }
    *ret_length = length - HEAD_LENGTH;
    memmove(data, data + HEAD_LENGTH, *ret_length + 1);
    return data;
}

void memo_remember(const struct memo *m, const char *key, const void *data, size_t length)
{
    char digest[SHA256_TEXT_SIZE];
    struct error ignored = ERROR_INIT;
    CLEANUP_TEXT struct text t = TEXT_INIT;
    if (!m->dir || length > MEMO_BYTES - HEAD_LENGTH)
        return;
    CLEANUP_FREE char *path = must_printf("%s/%s", m->dir, key + strlen("sha256:"));
    sha256_of(data, length, digest);
    text_printf(&t, "%s\n", digest);
    text_add_n(&t, data, length);
    if (!file_replace(path, t.data, t.length, &ignored))
        error_clear(&ignored);
}

void memo_add_text(struct text *t, const char *text)
{
    text_add_char(t, text ? '=' : '-');
    text_add_n(t, text ? text : "", (text ? strlen(text) : 0) + 1);
}

bool memo_next_text(const char **cursor, const char *end, const char **ret)
{
    const char *text = *cursor;
    const char *stop = text < end ? memchr(text, '\0', (size_t)(end - text)) : NULL;
    if (!stop || stop == text)
        return false;
    *cursor = stop + 1;
    *ret = *text == '=' ? text + 1 : NULL;
    return true;
}

bool memo_digest(const struct memo *m, const char *path, char ret[SHA256_TEXT_SIZE],
                 struct error *e)
{
    char key[SHA256_TEXT_SIZE];
    size_t length;
    bool known = memo_file_key(m, "digest", path, key);
    CLEANUP_FREE char *there = known ? memo_recall(m, key, &length) : NULL;
    if (there && sha256_valid(there)) {
        strcpy(ret, there);
        return true;
    }
    if (!sha256_of_file(path, ret, NULL, e))
        return false;
    if (known)
        memo_remember(m, key, ret, strlen(ret));
    return true;
}
