/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest.json of docker save. */
#include "harness/base/fuzz.h"
#include "harness/manifest.h"

static void check_image(const struct docker_image *image)
{
    FUZZ_CHECK(image->config);
    for (size_t i = 0; i < image->tag_count; i++)
        FUZZ_CHECK(image->tags[i]);
    for (size_t i = 0; i < image->layer_count; i++)
        FUZZ_CHECK(image->layers[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct docker_document d;
    struct error e = ERROR_INIT;
    fuzz_taint(&d, sizeof d);
    if (docker_parse(pool, (const char *)data, size, &d, &e)) {
        FUZZ_CHECK(d.count > 0 && d.count <= MANIFEST_ITEMS);
        for (size_t i = 0; i < d.count; i++)
            check_image(&d.items[i]);
    } else {
        fuzz_check_tainted(&d, sizeof d);
        fuzz_check_error(&e);
    }
    pool_free(pool);
    return 0;
}
