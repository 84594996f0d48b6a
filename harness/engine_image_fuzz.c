/* SPDX-License-Identifier: Apache-2.0 */
/* What a container engine says of an image: its digests are digests, and its layers are named. */
#include "harness/base/fuzz.h"
#include "harness/base/sha256.h"
#include "harness/engine.h"

static void check_image(const struct engine_image *image)
{
    const char *digests[] = {image->manifest_digest, image->index_digest, image->config_digest};
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++)
        FUZZ_CHECK(!digests[i] || sha256_valid(digests[i]));
    FUZZ_CHECK(!image->config_digest || (!image->manifest_digest && !image->index_digest));
    FUZZ_CHECK(image->config.user && image->config.diff_id_count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct engine_image image;
    struct error e = ERROR_INIT;
    fuzz_taint(&image, sizeof image);
    if (engine_image_parse(pool, (const char *)data, size, &image, &e)) {
        check_image(&image);
    } else {
        fuzz_check_tainted(&image, sizeof image);
        fuzz_check_error(&e);
    }
    pool_free(pool);
    return 0;
}
