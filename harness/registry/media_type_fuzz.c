/* SPDX-License-Identifier: Apache-2.0 */
/* A document that is served as one thing and says that it is another, the two ended by NUL. */
#include "harness/base/fuzz.h"
#include "harness/registry/media_type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *served = fuzz_next_text(&data, &size);
    struct error e = ERROR_INIT;
    if (!media_type_check(*served ? served : NULL, (const char *)data, size, &e))
        fuzz_check_error(&e);
    FUZZ_CHECK(!media_type_is_known(served) || media_type_is_manifest(served));
    return 0;
}
