/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of an image as the cell looks at them: a loader is a text, within the buffer. */
#include "harness/base/fuzz.h"
#include "runners/cell/interpreter.h"
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_CLOSE int fd = memfd_create("program", MFD_CLOEXEC);
    char loader[64];
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    if (interpreter_read(fd, loader, sizeof loader))
        FUZZ_CHECK(memchr(loader, '\0', sizeof loader));
    return 0;
}
