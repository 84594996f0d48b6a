/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP responses, and the Content-Range in them: bounded, and a range is one. */
#include "harness/base/fuzz.h"
#include "harness/registry/head.h"

static void check_range(const char *text)
{
    struct content_range r;
    fuzz_taint(&r, sizeof r);
    if (content_range_parse(text, &r))
        FUZZ_CHECK(0 <= r.first && r.first <= r.last && (r.total == -1 || r.last < r.total));
    else
        fuzz_check_tainted(&r, sizeof r);
}

static void check_head(const struct head *h)
{
    CLEANUP_FREE char *rate = head_rate_text(h);
    FUZZ_CHECK(h->bytes <= HEAD_BYTES && fuzz_is_printable(rate));
    FUZZ_CHECK(!h->content_type || !strpbrk(h->content_type, "; \t"));
    if (h->range)
        check_range(h->range);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct head h = {0};
    bool ok = true;
    while (ok && size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end ? (size_t)(end - data) + 1 : size;
        ok = head_take_line(&h, (const char *)data, length);
        data += length;
        size -= length;
    }
    if (ok)
        check_head(&h);
    head_clear(&h);
    return 0;
}
