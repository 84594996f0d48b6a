/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed blobs: a bounded amount comes out of them, and what is counted is what came. */
#include "harness/fuzz_bytes.h"

enum { MOST = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = ERROR_INIT;
    struct bytes_claim packed = {.what = "blob", .size = (int64_t)size};
    struct bytes_claim unpacked = {.what = "layer", .size = BYTES_ANY_SIZE};
    uint64_t count = 0;
    const void *block;
    ssize_t n = -1;
    struct bytes *b = bytes_inflate(bytes_verify(fuzz_bytes(data, size), &packed), &e);
    b = b ? bytes_verify(b, &unpacked) : NULL;
    while (b && count < MOST && (n = b->next(b, &block, &e)) > 0)
        count += (uint64_t)n;
    if (n < 0)
        fuzz_check_error(&e);
    FUZZ_CHECK(packed.count <= size && (n < 0 || unpacked.count == count));
    FUZZ_CHECK(n != 0 || sha256_valid(unpacked.actual));
    bytes_close(b);
    return 0;
}
