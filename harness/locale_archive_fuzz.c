/* SPDX-License-Identifier: Apache-2.0 */
/* glibc's locale-archive: every name stands in the file. */
#include "harness/base/fuzz.h"
#include "harness/locale_archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_NAMES struct tree_names names = {NULL, 0};
    if (!locale_archive_names(data, size, &names))
        FUZZ_CHECK(names.count == 0);
    FUZZ_CHECK(names.count <= size / 12);
    for (size_t i = 0; i < names.count; i++)
        FUZZ_CHECK(memmem(data, size, names.items[i], strlen(names.items[i]) + 1));
    return 0;
}
