/* SPDX-License-Identifier: Apache-2.0 */
/* Versions: a total order, on three of them ended by NUL. */
#include "harness/base/fuzz.h"
#include "harness/base/version.h"

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *a = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *b = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *c = fuzz_next_text(&data, &size);
    int ab = sign(version_compare(a, b)), bc = sign(version_compare(b, c));
    FUZZ_CHECK(version_compare(a, a) == 0);
    FUZZ_CHECK(sign(version_compare(b, a)) == -ab);
    FUZZ_CHECK(ab * bc < 0 || sign(version_compare(a, c)) == (ab ? ab : bc));
    return 0;
}
