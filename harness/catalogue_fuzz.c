/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe lists of itself: every check has an id, which stands once, and says what it is. */
#include "harness/base/fuzz.h"
#include "harness/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *run = run_new();
    struct error e = ERROR_INIT;
    if (!catalogue_parse(run, (const char *)data, size, "probe", &e))
        fuzz_check_error(&e);
    for (size_t i = 0; i < run->check_count; i++) {
        enum area area;
        const struct check *c = &run->checks[i];
        FUZZ_CHECK(c->id && c->says && c->limit > 0);
        FUZZ_CHECK(area_of_check(c->id, &area) && area == c->area);
    }
    run_free(run);
    return 0;
}
