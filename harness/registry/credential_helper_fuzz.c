/* SPDX-License-Identifier: Apache-2.0 */
/* What a credential helper prints: credentials that are whole, and no error that tells them. */
#include "harness/base/fuzz.h"
#include "harness/registry/credential_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct credentials c;
    struct error e = ERROR_INIT;
    fuzz_taint(&c, sizeof c);
    if (credential_helper_parse("helper", (const char *)data, size, &c, &e)) {
        FUZZ_CHECK(!c.user == !c.password && !c.password != !c.identity_token);
        credentials_done(&c);
    } else {
        FUZZ_CHECK(!strstr(e.message, "hunter2"));
        fuzz_check_tainted(&c, sizeof c);
        fuzz_check_error(&e);
    }
    return 0;
}
