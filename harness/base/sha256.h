/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (OpenSSL) as OCI writes it: "sha256:" and 64 lower-case hexadecimal digits. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>
#include <stdint.h>

enum { SHA256_TEXT_SIZE = 7 + 64 + 1 };

struct sha256 {
    void *context; /* EVP_MD_CTX */
};

void sha256_init(struct sha256 *h) NONNULL;
void sha256_add(struct sha256 *h, const void *data, size_t size) NONNULL;
/* Writes "sha256:..." and frees the context. */
void sha256_finish(struct sha256 *h, char ret_text[SHA256_TEXT_SIZE]) NONNULL;
void sha256_done(struct sha256 *h) NONNULL; /* frees without a result; also after finish */

void sha256_of(const void *data, size_t size, char ret_text[SHA256_TEXT_SIZE]) NONNULL;
bool sha256_of_file(const char *path, char ret_text[SHA256_TEXT_SIZE], uint64_t *ret_size,
                    struct error *e) MUST_CHECK;

/* Whether the text is a well-formed sha256 digest. */
bool sha256_valid(const char *text) NONNULL;
