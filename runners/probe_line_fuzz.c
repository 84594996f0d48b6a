/* SPDX-License-Identifier: Apache-2.0 */
/* What a probe prints: whatever it is, every check that was asked gets one observation that can be
 * shown. */
#include "harness/base/fuzz.h"
#include "runners/probe_line.h"

static const struct check a = {.id = "time.a", .area = AREA_TIME};
static const struct check b = {.id = "time.b", .area = AREA_TIME};
static const struct check c = {.id = "time.c", .area = AREA_TIME};
static const struct check *asked[] = {&a, &b, &c};

static void check_answers(struct probe_stream *s)
{
    struct probe_observation o;
    bool seen[3] = {false, false, false};
    for (size_t i = 0; probe_stream_next(s, &o); i++) {
        size_t k = o.check == &a ? 0 : o.check == &b ? 1 : 2;
        FUZZ_CHECK(o.check == asked[k] && !seen[k] && i < 3);
        FUZZ_CHECK(strlen(o.value) <= PROBE_VALUE_LIMIT && fuzz_is_printable(o.value));
        FUZZ_CHECK(o.status != STATUS_ABSENT);
        seen[k] = true;
    }
    FUZZ_CHECK(seen[0] && seen[1] && seen[2]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct probe_stream *s = probe_stream_new(asked, 3);
    CLEANUP_FREE char *said = NULL;
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end ? (size_t)(end - data) : size;
        CLEANUP_FREE char *line = fuzz_text(data, length);
        probe_stream_line(s, &(struct cell_line){.text = line, .length = length});
        data += length + (end != NULL);
        size -= length + (end != NULL);
        if (!said)
            said = must_strdup(line);
    }
    probe_stream_end(s, &(struct cell_end){.exit_status = 1, .standard_error = said ? said : ""});
    check_answers(s);
    const char *fault = probe_stream_fault(s);
    FUZZ_CHECK(!fault || fuzz_is_printable(fault));
    probe_stream_free(s);
    return 0;
}
