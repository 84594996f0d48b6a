/* SPDX-License-Identifier: Apache-2.0 */
/* For fuzz targets: an input as a source of bytes, in blocks of odd size. */
#pragma once
#include "harness/base/fuzz.h"
#include "harness/bytes.h"

struct fuzz_bytes {
    struct bytes bytes;
    const uint8_t *data;
    size_t left;
};

static inline ssize_t fuzz_bytes_next(struct bytes *b, const void **ret, struct error *e)
{
    enum { BLOCK = 701 };
    struct fuzz_bytes *f = (struct fuzz_bytes *)b;
    size_t n = f->left < BLOCK ? f->left : BLOCK;
    (void)e;
    *ret = f->data;
    f->data += n;
    f->left -= n;
    return (ssize_t)n;
}

static inline void fuzz_bytes_close(struct bytes *b)
{
    free(b);
}

/* The data must outlive it. */
static inline struct bytes *fuzz_bytes(const uint8_t *data, size_t size)
{
    struct fuzz_bytes *f = must_calloc(1, sizeof *f);
    *f = (struct fuzz_bytes){{fuzz_bytes_next, fuzz_bytes_close}, data, size};
    return &f->bytes;
}
