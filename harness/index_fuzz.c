/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes: what is taken can be fetched and verified, and its platform can be told to people. */
#include "harness/base/fuzz.h"
#include "harness/base/sha256.h"
#include "harness/manifest.h"

static void check_item(struct pool *pool, const struct descriptor *d)
{
    const struct platform *p = manifest_platform(d->os, d->arch, d->variant);
    FUZZ_CHECK(sha256_valid(d->digest) && d->size >= 0);
    FUZZ_CHECK(*manifest_platform_text(pool, d->os, d->arch, d->variant));
    FUZZ_CHECK(!p || (d->os && d->arch && strcmp(p->os, d->os) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct index_document index;
    struct error e = ERROR_INIT;
    bool told = manifest_is_index(NULL, (const char *)data, size);
    fuzz_taint(&index, sizeof index);
    if (index_parse(pool, (const char *)data, size, &index, &e)) {
        FUZZ_CHECK(index.count <= MANIFEST_ITEMS && (told || index.count == 0));
        for (size_t i = 0; i < index.count; i++)
            check_item(pool, &index.items[i]);
    } else {
        fuzz_check_tainted(&index, sizeof index);
        fuzz_check_error(&e);
    }
    pool_free(pool);
    return 0;
}
