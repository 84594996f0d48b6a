/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of results that are read without the JSON parser: it reads the same in them. */
#include "harness/base/fuzz.h"
#include "runners/record_row.h"
#include <jansson.h>
#include <math.h>

static void check_text(const json_t *o, const char *key, const struct record_span *span)
{
    const json_t *text = json_object_get(o, key);
    FUZZ_CHECK(json_is_string(text) && json_string_length(text) == span->length);
    FUZZ_CHECK(memcmp(json_string_value(text), span->text, span->length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record_row row;
    if (!record_row_scan((const char *)data, size, &row))
        return 0;
    json_t *o = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json_is_object(o));
    FUZZ_CHECK(json_object_size(o) == (row.is_timing ? 4 : 5));
    FUZZ_CHECK((size_t)json_integer_value(json_object_get(o, "cell")) == row.cell);
    check_text(o, "check", &row.check);
    if (row.is_timing) {
        FUZZ_CHECK(fabs(json_number_value(json_object_get(o, "ms")) - row.milliseconds) < 1e-6);
    } else {
        const char *status = json_string_value(json_object_get(o, "status"));
        FUZZ_CHECK(fuzz_same(status, status_name(row.status)));
        check_text(o, "value", &row.value);
    }
    json_decref(o);
    return 0;
}
