/* SPDX-License-Identifier: Apache-2.0 */
/* Layers, one tar after the other: whatever they hold, nothing outside the root is touched, and it
 * can be removed. Checksums are set right first, so that what is changed at random is still read.
 */
#include "harness/fuzz_bytes.h"
#include "harness/fuzz_root.h"
#include "harness/layer.h"
#include <jansson.h>

enum { BLOCK = 512, LAYERS = 4, NUMBER_AT = 148, NUMBER_SIZE = 8, MAGIC_AT = 257 };

static const struct layer_limits limits = {
    .entries = 200,
    .bytes = 1 << 20,
    .ratio = 500,
    .ratio_from = 1 << 20,
    .path = 600,
    .nesting = 20,
};

static bool is_zero(const uint8_t *block)
{
    return block[0] == 0 && memcmp(block, block + 1, BLOCK - 1) == 0;
}

/* Wherever a block looks like a header, not only where there should be one. */
static void repair(uint8_t *tar, size_t size)
{
    for (uint8_t *b = tar; b + BLOCK <= tar + size; b += BLOCK) {
        unsigned sum = 0;
        if (memcmp(b + MAGIC_AT, "ustar", 5) != 0)
            continue;
        memset(b + NUMBER_AT, ' ', NUMBER_SIZE);
        for (size_t i = 0; i < BLOCK; i++)
            sum += b[i];
        snprintf((char *)b + NUMBER_AT, NUMBER_SIZE, "%06o", sum);
    }
}

/* Up to two blocks of zeros, the end of an archive. */
static size_t archive_size(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at + 2 * BLOCK <= size; at += BLOCK)
        if (is_zero(data + at) && is_zero(data + at + BLOCK))
            return at + 2 * BLOCK;
    return size;
}

static void check_record(const struct layers *l)
{
    CLEANUP_TEXT struct text record = TEXT_INIT;
    layers_record(l, &record);
    json_t *json = json_loadb(text_get(&record), record.length, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json_is_object(json));
    json_decref(json);
}

static bool apply(struct layers *l, const uint8_t *data, size_t size, struct error *e)
{
    CLEANUP_BYTES struct bytes *b = fuzz_bytes(data, size);
    return layers_apply(l, b, e);
}

static void apply_all(struct layers *l, const uint8_t *data, size_t size)
{
    struct error e = ERROR_INIT;
    bool ok = true;
    for (int i = 0; ok && size > 0 && i < LAYERS; i++) {
        size_t length = archive_size(data, size);
        ok = apply(l, data, length, &e);
        data += length;
        size -= length;
    }
    if (ok && layers_finish(l, &e))
        check_record(l);
    else
        fuzz_check_root_error(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE uint8_t *tar = (uint8_t *)fuzz_text(data, size);
    repair(tar, size);
    int root = fuzz_root_begin();
    struct layers *l = layers_new(root, &limits);
    apply_all(l, tar, size);
    layers_free(l);
    close(root);
    fuzz_root_end();
    return 0;
}
