/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of a probe to its fixtures. */
#include "harness/base/fuzz.h"
#include "runners/cell/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture_request r;
    const char *wrong = fixture_parse((const char *)data, size, &r);
    size_t digits = strspn(r.sequence, "0123456789");
    FUZZ_CHECK(digits > 0 && r.sequence[digits] == '\0');
    FUZZ_CHECK(wrong || r.wait <= 600 * 1000);
    FUZZ_CHECK(fuzz_is_printable(r.check) && !strchr(r.check, ' '));
    FUZZ_CHECK(!wrong || fuzz_is_printable(wrong));
    return 0;
}
