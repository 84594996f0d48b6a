/* SPDX-License-Identifier: Apache-2.0 */
/* A member of a tar file, by name and through links: found or not, and never without an end. */
#include "harness/base/fuzz.h"
#include "harness/bytes.h"
#include <sys/mman.h>
#include <unistd.h>

enum { LIMIT = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_CLOSE int fd = memfd_create("archive", MFD_CLOEXEC);
    CLEANUP_FREE char *path = must_printf("/proc/self/fd/%d", fd);
    struct error e = ERROR_INIT;
    bool found = false;
    size_t length;
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    CLEANUP_BYTES struct bytes *b = bytes_of_member(path, "manifest.json", &found, &e);
    CLEANUP_FREE char *text = b ? bytes_read_all(b, "manifest.json", LIMIT, &length, &e) : NULL;
    FUZZ_CHECK(!b || found);
    if (!text)
        fuzz_check_error(&e);
    return 0;
}
