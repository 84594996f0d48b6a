/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/sha256.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A digest that OpenSSL refuses to compute (no memory, no SHA-256) leaves nothing to verify with.
 */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

void sha256_init(struct sha256 *h)
{
    h->context = EVP_MD_CTX_new();
    must(h->context != NULL);
    must(EVP_DigestInit_ex(h->context, EVP_sha256(), NULL));
}

void sha256_add(struct sha256 *h, const void *data, size_t size)
{
    must(EVP_DigestUpdate(h->context, data, size));
}

void sha256_finish(struct sha256 *h, char ret_text[SHA256_TEXT_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    must(EVP_DigestFinal_ex(h->context, digest, &size));
    sha256_done(h);
    memcpy(ret_text, "sha256:", 7);
    for (unsigned i = 0; i < size; i++)
        sprintf(ret_text + 7 + 2 * i, "%02x", digest[i]);
}

void sha256_done(struct sha256 *h)
{
    EVP_MD_CTX_free(h->context);
    h->context = NULL;
}

void sha256_of(const void *data, size_t size, char ret_text[SHA256_TEXT_SIZE])
{
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, data, size);
    sha256_finish(&h, ret_text);
}

static ssize_t add_from(struct sha256 *h, int fd)
{
    static _Thread_local char buffer[128 * 1024];
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n > 0)
        sha256_add(h, buffer, (size_t)n);
    return n;
}

bool sha256_of_file(const char *path, char ret_text[SHA256_TEXT_SIZE], uint64_t *ret_size,
                    struct error *e)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
    struct sha256 h;
    sha256_init(&h);
    uint64_t size = 0;
    ssize_t n;
    while ((n = add_from(&h, fd)) > 0)
        size += (uint64_t)n;
    if (n < 0) {
        sha256_done(&h);
        return error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
    }
    sha256_finish(&h, ret_text);
    if (ret_size)
        *ret_size = size;
    return true;
}

bool sha256_valid(const char *text)
{
    return strncmp(text, "sha256:", 7) == 0 && strspn(text + 7, "0123456789abcdef") == 64 &&
           text[7 + 64] == '\0';
}
