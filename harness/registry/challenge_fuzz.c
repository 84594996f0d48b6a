/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate: what is understood of a header means the same when it is written plainly. */
#include "harness/base/fuzz.h"
#include "harness/registry/challenge.h"

static void add_parameter(struct text *t, const char *name, const char *value, int *count)
{
    if (!value)
        return;
    text_printf(t, "%s%s=\"", (*count)++ ? ", " : " ", name);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            text_add_char(t, '\\');
        text_add_char(t, *value);
    }
    text_add_char(t, '"');
}

static void add_challenge(struct text *t, const struct challenge *c)
{
    int count = 0;
    text_printf(t, "%s%s", t->length ? ", " : "", c->scheme);
    add_parameter(t, "realm", c->realm, &count);
    add_parameter(t, "service", c->service, &count);
    add_parameter(t, "scope", c->scope, &count);
    add_parameter(t, "error", c->error, &count);
}

static void check_plain(struct pool *pool, const struct challenges *c)
{
    CLEANUP_TEXT struct text plain = TEXT_INIT;
    struct challenges again = {NULL, 0};
    for (size_t i = 0; i < c->count; i++)
        add_challenge(&plain, &c->items[i]);
    FUZZ_CHECK(challenges_parse(pool, text_get(&plain), &again) && again.count == c->count);
    for (size_t i = 0; i < c->count; i++) {
        const struct challenge *a = &c->items[i], *b = &again.items[i];
        FUZZ_CHECK(strcmp(a->scheme, b->scheme) == 0 && fuzz_same(a->realm, b->realm));
        FUZZ_CHECK(fuzz_same(a->service, b->service) && fuzz_same(a->scope, b->scope));
        FUZZ_CHECK(fuzz_same(a->error, b->error));
        FUZZ_CHECK(challenges_find(c, a->scheme) <= a);
    }
    challenges_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *value = fuzz_text(data, size);
    struct pool *pool = pool_new();
    struct challenges c = {NULL, 0};
    (void)challenges_parse(pool, value, &c);
    check_plain(pool, &c);
    challenges_done(&c);
    pool_free(pool);
    return 0;
}
