/* SPDX-License-Identifier: Apache-2.0 */
/* os-release: values are short and can be shown. */
#include "harness/base/fuzz.h"
#include "harness/os_release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"ID", "VERSION_ID", "PRETTY_NAME"};
    CLEANUP_FREE char *text = fuzz_text(data, size);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        CLEANUP_FREE char *value = os_release_value(text, keys[i]);
        FUZZ_CHECK(!value || (fuzz_is_printable(value) && strlen(value) <= 4 * 200));
        FUZZ_CHECK(!value || strstr(text, keys[i]));
    }
    return 0;
}
