/* SPDX-License-Identifier: Apache-2.0 */
/* What this program found out about files, remembered in the cache by what the files and the
 * program are: any change of either makes it unknown again. Nothing depends on it: what is not
 * remembered is found out anew, and a cache that cannot be used remembers nothing. */
#pragma once
#include "harness/base/sha256.h"
#include "harness/base/text.h"

struct memo { /* {NULL}: nothing is remembered */
    char *dir;
    char program[SHA256_TEXT_SIZE]; /* which program remembers */
};

/* cache: see store_open(). */
void memo_open(struct memo *m, const char *cache) __attribute__((nonnull(1)));
void memo_done(struct memo *m) NONNULL;

/* Key of one question, and of one about a file as it is now (false when there is no such file). */
void memo_key(const struct memo *m, const char *question, char ret[SHA256_TEXT_SIZE]) NONNULL;
bool memo_file_key(const struct memo *m, const char *question, const char *path,
                   char ret[SHA256_TEXT_SIZE]) NONNULL MUST_CHECK;

/* What was remembered for a key (NUL-terminated, the caller frees it); NULL when nothing was, or it
 * is damaged. */
char *memo_recall(const struct memo *m, const char *key, size_t *ret_length) NONNULL MUST_CHECK;
void memo_remember(const struct memo *m, const char *key, const void *data, size_t length) NONNULL;

/* Texts one after the other, NULL told from "": added to what is to be remembered, and read again.
 * A text that was read lies in the data; false at the end. */
void memo_add_text(struct text *t, const char *text) __attribute__((nonnull(1)));
bool memo_next_text(const char **cursor, const char *end, const char **ret) NONNULL MUST_CHECK;

/* sha256_of_file, remembered. */
bool memo_digest(const struct memo *m, const char *path, char ret[SHA256_TEXT_SIZE],
                 struct error *e) NONNULL MUST_CHECK;

/* Whether the content of a file of the memo is what was written there. */
bool memo_is_whole(const char *data, size_t length) NONNULL;
