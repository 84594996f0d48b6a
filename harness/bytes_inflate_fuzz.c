/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed data: whatever inflates it reads nothing beyond it, ends, and gives the same bytes as
 * libarchive's own filters, as far as both get (a checksum that is wrong is an error of its own).
 */
#include "harness/base/fuzz.h"
#include "harness/fuzz_bytes.h"
#include <archive_entry.h>

enum { OUTPUT_LIMIT = 1 << 20 };

static struct text ours(const uint8_t *data, size_t size)
{
    struct text t = TEXT_INIT;
    struct error e = ERROR_INIT;
    const void *block;
    ssize_t n = 0;
    CLEANUP_BYTES struct bytes *b = bytes_inflate(fuzz_bytes(data, size), &e);
    while (b && t.length < OUTPUT_LIMIT && (n = b->next(b, &block, &e)) > 0)
        text_add_n(&t, block, (size_t)n);
    if (!b || n < 0)
        fuzz_check_error(&e);
    return t;
}

static struct text theirs(const uint8_t *data, size_t size)
{
    struct text t = TEXT_INIT;
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    const void *block;
    size_t n;
    int64_t offset;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    if (archive_read_open_memory(a, data, size) == ARCHIVE_OK &&
        archive_read_next_header(a, &entry) == ARCHIVE_OK)
        while (t.length < OUTPUT_LIMIT &&
               archive_read_data_block(a, &block, &n, &offset) == ARCHIVE_OK)
            text_add_n(&t, block, n);
    archive_read_free(a);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_TEXT struct text a = ours(data, size);
    CLEANUP_TEXT struct text b = theirs(data, size);
    size_t both = a.length < b.length ? a.length : b.length;
    FUZZ_CHECK(both == 0 || memcmp(a.data, b.data, both) == 0);
    return 0;
}
