/* SPDX-License-Identifier: Apache-2.0 */
/* Image manifests: what is taken can be fetched and verified, and is told from an index. */
#include "harness/base/fuzz.h"
#include "harness/base/sha256.h"
#include "harness/manifest.h"

static void check_descriptor(const struct descriptor *d)
{
    FUZZ_CHECK(sha256_valid(d->digest) && d->size >= 0);
    FUZZ_CHECK(!d->os || *d->os);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct manifest_document m;
    struct error e = ERROR_INIT;
    fuzz_taint(&m, sizeof m);
    if (manifest_parse(pool, (const char *)data, size, &m, &e)) {
        check_descriptor(&m.config);
        FUZZ_CHECK(m.layer_count <= MANIFEST_ITEMS);
        for (size_t i = 0; i < m.layer_count; i++)
            check_descriptor(&m.layers[i]);
    } else {
        fuzz_check_tainted(&m, sizeof m);
        fuzz_check_error(&e);
    }
    pool_free(pool);
    return 0;
}
