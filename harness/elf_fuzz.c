/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files: one that has a loader begins an ELF file, and the loader's name is one of the file's.
 */
#include "harness/base/fuzz.h"
#include "harness/elf.h"
#include <limits.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct platform *p = NULL;
    bool is_program = elf_platform(data, size, &p);
    CLEANUP_FREE char *loader = elf_interpreter(data, size);
    FUZZ_CHECK(!p || (is_program && p >= platforms && p < platforms + platform_count));
    FUZZ_CHECK(!loader || strlen(loader) < PATH_MAX);
    FUZZ_CHECK(!loader || memmem(data, size, loader, strlen(loader) + 1));
    return 0;
}
