/* SPDX-License-Identifier: Apache-2.0 */
/* What a loader or an emulator says of a probe that it cannot start: one value that can be shown.
 */
#include "harness/base/fuzz.h"
#include "runners/start.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *said = fuzz_text(data, size);
    struct pool *pool = pool_new();
    struct cell_end end = {.exit_status = 127, .standard_error = said};
    struct observation o = start_failure(&end, pool);
    FUZZ_CHECK(o.value && *o.value);
    FUZZ_CHECK(o.status == STATUS_VALUE || o.status == STATUS_ERROR);
    pool_free(pool);
    return 0;
}
