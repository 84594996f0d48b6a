/* SPDX-License-Identifier: Apache-2.0 */
/* Versions in the bytes of a C library: short, printable, and found in the bytes. */
#include "harness/base/fuzz.h"
#include "harness/libc_scan.h"

static void check_version(const char *version, const uint8_t *data, size_t size)
{
    FUZZ_CHECK(!version || (*version >= '0' && *version <= '9' && fuzz_is_printable(version)));
    FUZZ_CHECK(!version || memmem(data, size, version, strlen(version)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *glibc = libc_glibc_version((const char *)data, size);
    CLEANUP_FREE char *musl = libc_musl_version((const char *)data, size);
    check_version(glibc, data, size);
    check_version(musl, data, size);
    return 0;
}
