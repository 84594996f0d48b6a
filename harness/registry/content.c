/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/content.h"
#include "harness/base/file.h"
#include "harness/bytes.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool content_admits(const struct content *c, int64_t total, struct error *e)
{
    if (c->size != BYTES_ANY_SIZE && total > c->size)
        return error_set(e, ERROR_RUN, "%s is longer than the %lld bytes that it should have",
                         c->what, (long long)c->size);
    if (c->fd < 0 && total > (int64_t)c->limit)
        return error_set(e, ERROR_RUN, "%s is larger than %zu bytes", c->what, c->limit);
    return true;
}

bool content_add(struct content *c, const void *bytes, size_t n, struct error *e)
{
    if (!content_admits(c, c->have + (int64_t)n, e))
        return false;
    if (!c->hash.context)
        sha256_init(&c->hash);
    sha256_add(&c->hash, bytes, n);
    c->have += (int64_t)n;
    if (c->fd >= 0)
        return file_write_all(c->fd, c->what, bytes, n, e);
    text_add_n(&c->memory, bytes, n);
    return true;
}

bool content_restart(struct content *c, struct error *e)
{
    sha256_done(&c->hash);
    c->have = 0;
    text_clear(&c->memory);
    if (c->fd >= 0 && (ftruncate(c->fd, 0) < 0 || lseek(c->fd, 0, SEEK_SET) < 0))
        return error_errno(e, ERROR_RUN, errno, "cannot write %s", c->what);
    return true;
}

bool content_finish(struct content *c, struct error *e)
{
    if (!c->hash.context)
        sha256_init(&c->hash);
    sha256_finish(&c->hash, c->actual);
    if (c->size != BYTES_ANY_SIZE && c->have != c->size)
        return error_set(e, ERROR_RUN, "%s has %lld bytes, not the %lld that it should have",
                         c->what, (long long)c->have, (long long)c->size);
    if (c->digest && strcmp(c->digest, c->actual) != 0)
        return error_set(e, ERROR_RUN, "%s is damaged: its digest is %s, not %s", c->what,
                         c->actual, c->digest);
    return true;
}

void content_done(struct content *c)
{
    sha256_done(&c->hash);
    text_done(&c->memory);
}
