/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign bytes as they are shown: printable, and JSON that reads back. */
#include "harness/base/fuzz.h"
#include "harness/base/json_out.h"
#include "harness/base/text.h"
#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_TEXT struct text shown = TEXT_INIT, quoted = TEXT_INIT;
    CLEANUP_FREE char *raw = fuzz_text(data, size);
    text_add_printable(&shown, (const char *)data, size);
    FUZZ_CHECK(fuzz_is_printable(text_get(&shown)) && shown.length <= 4 * size);
    json_out_quoted(&quoted, raw);
    json_t *back = json_loadb(quoted.data, quoted.length, JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(json_is_string(back));
    FUZZ_CHECK(!fuzz_is_printable(raw) || strcmp(json_string_value(back), raw) == 0);
    json_decref(back);
    return 0;
}
