/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/bytes.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SIZE = 128 * 1024 };

void bytes_close(struct bytes *b)
{
    if (b)
        b->close(b);
}

void bytes_cleanup(struct bytes **b)
{
    bytes_close(*b);
}

/* ---- a file ---- */

struct file_bytes {
    struct bytes bytes;
    int fd;
    char *name;
    char block[BLOCK_SIZE];
};

static ssize_t file_next(struct bytes *b, const void **ret, struct error *e)
{
    struct file_bytes *f = (struct file_bytes *)b;
    ssize_t n;
    do
        n = read(f->fd, f->block, sizeof f->block);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        error_errno(e, ERROR_RUN, errno, "cannot read %s", f->name);
    *ret = f->block;
    return n;
}

static void file_close(struct bytes *b)
{
    struct file_bytes *f = (struct file_bytes *)b;
    close(f->fd);
    free(f->name);
    free(f);
}

static bool check_regular(int fd, const char *path, struct error *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
    return S_ISREG(st.st_mode) || error_set(e, ERROR_RUN, "%s is not a regular file", path);
}

struct bytes *bytes_of_file(const char *path, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
        return NULL;
    }
    if (!check_regular(fd, path, e)) {
        close(fd);
        return NULL;
    }
    struct file_bytes *f = must_calloc(1, sizeof *f);
    f->bytes = (struct bytes){file_next, file_close};
    f->fd = fd;
    f->name = must_strdup(path);
    return &f->bytes;
}

/* ---- decompression ---- */

struct inflated_bytes {
    struct bytes bytes;
    struct bytes_feed feed;
    struct archive *archive;
    bool empty;
};

la_ssize_t bytes_feed_read(struct archive *a, void *data, const void **ret)
{
    struct bytes_feed *feed = data;
    ssize_t n = feed->source->next(feed->source, ret, feed->error);
    if (n < 0)
        archive_set_error(a, EIO, "%s", feed->error->message);
    return n;
}

bool bytes_feed_error(struct archive *a, const char *what, struct error *e)
{
    if (error_is_set(e))
        return error_context(e, "%s", what);
    const char *text = archive_error_string(a);
    return error_set(e, ERROR_RUN, "%s: %s", what, text ? text : "damaged");
}

static ssize_t inflated_next(struct bytes *b, const void **ret, struct error *e)
{
    struct inflated_bytes *f = (struct inflated_bytes *)b;
    size_t size = 0;
    int64_t offset = 0;
    f->feed.error = e;
    if (f->empty)
        return 0;
    int result;
    do
        result = archive_read_data_block(f->archive, ret, &size, &offset);
    while (result == ARCHIVE_OK && size == 0);
    if (result == ARCHIVE_EOF) /* what follows the compressed data belongs to the blob as well */
        return bytes_drain(f->feed.source, e) ? 0 : -1;
    if (result != ARCHIVE_OK) {
        bytes_feed_error(f->archive, "cannot decompress", e);
        return -1;
    }
    return (ssize_t)size;
}

static void inflated_close(struct bytes *b)
{
    struct inflated_bytes *f = (struct inflated_bytes *)b;
    archive_read_free(f->archive);
    bytes_close(f->feed.source);
    free(f);
}

static void support_filters(struct archive *a)
{
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_bzip2(a);
}

static struct bytes *inflate_any(struct bytes *source, struct error *e)
{
    struct inflated_bytes *f = must_calloc(1, sizeof *f);
    f->bytes = (struct bytes){inflated_next, inflated_close};
    f->feed = (struct bytes_feed){source, e};
    f->archive = archive_read_new();
    support_filters(f->archive);
    archive_read_support_format_raw(f->archive);
    archive_read_support_format_empty(f->archive);
    struct archive_entry *entry;
    int result = archive_read_open(f->archive, &f->feed, NULL, bytes_feed_read, NULL);
    if (result == ARCHIVE_OK)
        result = archive_read_next_header(f->archive, &entry);
    f->empty = result == ARCHIVE_EOF;
    if (result == ARCHIVE_OK || f->empty)
        return &f->bytes;
    bytes_feed_error(f->archive, "cannot decompress", e);
    inflated_close(&f->bytes);
    return NULL;
}

/* The first block, looked at before anybody takes it. */
struct peeked_bytes {
    struct bytes bytes;
    struct bytes *source;
    const void *first; /* NULL once it was taken */
    ssize_t size;      /* of it, as next gave it */
};

static ssize_t peeked_next(struct bytes *b, const void **ret, struct error *e)
{
    struct peeked_bytes *p = (struct peeked_bytes *)b;
    if (!p->first)
        return p->source->next(p->source, ret, e);
    *ret = p->first;
    p->first = NULL;
    return p->size;
}

static void peeked_close(struct bytes *b)
{
    struct peeked_bytes *p = (struct peeked_bytes *)b;
    bytes_close(p->source);
    free(p);
}

#ifdef PLIMSOLL_ISAL
static struct bytes *inflate(struct bytes *source, const void *first, size_t size, struct error *e)
{
    enum { RESERVED = 0xe0 }; /* flags that must not be set, RFC 1952 */
    const unsigned char *head = first;
    if (size > 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && !(head[3] & RESERVED))
        return bytes_gunzip(source);
    return inflate_any(source, e);
}
#else
static struct bytes *inflate(struct bytes *source, const void *first, size_t size, struct error *e)
{
    (void)first, (void)size;
    return inflate_any(source, e);
}
#endif

struct bytes *bytes_inflate(struct bytes *source, struct error *e)
{
    struct peeked_bytes *p = must_calloc(1, sizeof *p);
    *p = (struct peeked_bytes){{peeked_next, peeked_close}, source, NULL, 0};
    p->size = source->next(source, &p->first, e);
    if (p->size < 0) {
        error_context(e, "cannot decompress");
        peeked_close(&p->bytes);
        return NULL;
    }
    return inflate(&p->bytes, p->first, (size_t)p->size, e);
}

/* ---- size and digest ---- */

struct verified_bytes {
    struct bytes bytes;
    struct bytes *source;
    struct bytes_claim *claim;
    struct sha256 hash;
    bool ended;
};

static bool check_end(struct bytes_claim *c, struct error *e)
{
    if (c->size != BYTES_ANY_SIZE && c->count != (uint64_t)c->size)
        return error_set(e, ERROR_RUN, "%s has %llu bytes, not the %lld that it should have",
                         c->what, (unsigned long long)c->count, (long long)c->size);
    if (c->digest && strcmp(c->digest, c->actual) != 0)
        return error_set(e, ERROR_RUN, "%s is damaged: its digest is %s, not %s", c->what,
                         c->actual, c->digest);
    return true;
}

static ssize_t verified_next(struct bytes *b, const void **ret, struct error *e)
{
    struct verified_bytes *v = (struct verified_bytes *)b;
    struct bytes_claim *c = v->claim;
    if (v->ended)
        return 0;
    ssize_t n = v->source->next(v->source, ret, e);
    if (n < 0)
        return -1;
    if (n == 0) {
        v->ended = true;
        if (!c->count_only)
            sha256_finish(&v->hash, c->actual);
        return check_end(c, e) ? 0 : -1;
    }
    c->count += (uint64_t)n;
    if (c->size != BYTES_ANY_SIZE && c->count > (uint64_t)c->size) {
        error_set(e, ERROR_RUN, "%s is longer than the %lld bytes that it should have", c->what,
                  (long long)c->size);
        return -1;
    }
    if (!c->count_only)
        sha256_add(&v->hash, *ret, (size_t)n);
    return n;
}

static void verified_close(struct bytes *b)
{
    struct verified_bytes *v = (struct verified_bytes *)b;
    sha256_done(&v->hash);
    bytes_close(v->source);
    free(v);
}

struct bytes *bytes_verify(struct bytes *source, struct bytes_claim *claim)
{
    struct verified_bytes *v = must_calloc(1, sizeof *v);
    *v = (struct verified_bytes){{verified_next, verified_close}, source, claim, {NULL}, false};
    if (!claim->count_only)
        sha256_init(&v->hash);
    return &v->bytes;
}

bool bytes_drain(struct bytes *b, struct error *e)
{
    const void *block;
    ssize_t n;
    while ((n = b->next(b, &block, e)) > 0)
        continue;
    return n == 0;
}

char *bytes_read_all(struct bytes *b, const char *name, size_t limit, size_t *ret_length,
                     struct error *e)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    const void *block;
    ssize_t n;
    while ((n = b->next(b, &block, e)) > 0) {
        if (t.length + (size_t)n > limit) {
            error_set(e, ERROR_RUN, "%s is larger than %zu bytes", name, limit);
            return NULL;
        }
        text_add_n(&t, block, (size_t)n);
    }
    if (n < 0)
        return NULL;
    *ret_length = t.length;
    return text_take(&t);
}
