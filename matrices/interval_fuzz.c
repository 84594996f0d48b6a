/* SPDX-License-Identifier: Apache-2.0 */
/* Version intervals, then two versions, each ended by NUL: sets that behave as sets. */
#include "harness/base/fuzz.h"
#include "harness/base/version.h"
#include "matrices/interval.h"

static void check_sets(struct pool *pool, const struct intervals *v, const char *version)
{
    struct intervals without = intervals_without(pool, v);
    struct intervals none = intervals_both(pool, v, &without);
    struct intervals all = intervals_all(pool);
    struct intervals same = intervals_both(pool, v, &all);
    bool in = intervals_contain(v, version);
    FUZZ_CHECK(in != intervals_contain(&without, version));
    FUZZ_CHECK(in == intervals_contain(&same, version));
    FUZZ_CHECK(none.count == 0);
}

static void check_order(const struct intervals *v)
{
    for (size_t i = 1; i < v->count; i++)
        FUZZ_CHECK(version_compare(v->list[i - 1].high, v->list[i].low) <= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *version = fuzz_next_text(&data, &size);
    struct pool *pool = pool_new();
    struct intervals v;
    const char *wrong = intervals_parse(pool, text, &v);
    if (wrong) {
        FUZZ_CHECK(*wrong);
    } else {
        check_order(&v);
        check_sets(pool, &v, version);
    }
    pool_free(pool);
    return 0;
}
