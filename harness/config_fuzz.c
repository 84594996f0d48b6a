/* SPDX-License-Identifier: Apache-2.0 */
/* Image configs: what is taken names its layers, and its lists are whole. */
#include "harness/base/fuzz.h"
#include "harness/base/sha256.h"
#include "harness/manifest.h"

static void check_config(const struct config_document *c)
{
    FUZZ_CHECK(c->user && c->diff_id_count > 0 && c->diff_id_count <= MANIFEST_ITEMS);
    for (size_t i = 0; i < c->diff_id_count; i++)
        FUZZ_CHECK(sha256_valid(c->diff_ids[i]));
    for (size_t i = 0; i < c->environment_count; i++)
        FUZZ_CHECK(c->environment[i]);
    for (size_t i = 0; i < c->label_count; i++)
        FUZZ_CHECK(c->labels[i].value &&
                   (i == 0 || strcmp(c->labels[i - 1].name, c->labels[i].name) < 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new();
    struct config_document c;
    struct error e = ERROR_INIT;
    fuzz_taint(&c, sizeof c);
    if (config_parse(pool, (const char *)data, size, &c, &e)) {
        check_config(&c);
    } else {
        fuzz_check_tainted(&c, sizeof c);
        fuzz_check_error(&e);
    }
    pool_free(pool);
    return 0;
}
