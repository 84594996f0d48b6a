/* SPDX-License-Identifier: Apache-2.0 */
/* A registry's own words for its refusal: short, and fit to be shown. */
#include "harness/base/fuzz.h"
#include "harness/registry/fault.h"

enum { LONGEST = 3 * 2 * (4 * 300 + 8) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_TEXT struct text said = TEXT_INIT;
    fault_describe((const char *)data, size, &said);
    FUZZ_CHECK(fuzz_is_printable(text_get(&said)) && said.length <= LONGEST);
    return 0;
}
