/* SPDX-License-Identifier: Apache-2.0 */
/* References: one that is taken has a normal form, which means the same. */
#include "harness/base/fuzz.h"
#include "harness/reference.h"

static void check_normal_form(struct pool *pool, const struct reference *r)
{
    struct reference again;
    struct error e = ERROR_INIT;
    FUZZ_CHECK(reference_parse(pool, r->text, &again, &e));
    FUZZ_CHECK(strcmp(r->text, again.text) == 0 && strcmp(r->transport, again.transport) == 0);
    FUZZ_CHECK(fuzz_same(r->registry, again.registry));
    FUZZ_CHECK(fuzz_same(r->repository, again.repository));
    FUZZ_CHECK(fuzz_same(r->tag, again.tag) && fuzz_same(r->digest, again.digest));
    FUZZ_CHECK(r->index == again.index && r->index >= REFERENCE_NO_INDEX);
    FUZZ_CHECK(*r->path && (r->registry || strcmp(r->path, again.path) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = fuzz_text(data, size);
    struct pool *pool = pool_new();
    struct reference r;
    struct error e = ERROR_INIT;
    fuzz_taint(&r, sizeof r);
    if (reference_parse(pool, text, &r, &e)) {
        check_normal_form(pool, &r);
    } else {
        fuzz_check_tainted(&r, sizeof r);
        fuzz_check_error(&e);
    }
    pool_free(pool);
    return 0;
}
