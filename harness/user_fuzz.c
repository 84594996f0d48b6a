/* SPDX-License-Identifier: Apache-2.0 */
/* config.User against passwd and group, the three of them ended by NUL: what comes out is numbers,
 * which mean themselves. */
#include "harness/base/fuzz.h"
#include "harness/user.h"

static void check_numbers(const char *user)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *pair = must_strdup(user);
    char *rest = strchr(strchr(pair, ':') + 1, ':');
    if (rest)
        *rest = '\0';
    CLEANUP_FREE char *again = user_resolve(pair, NULL, NULL, &e);
    FUZZ_CHECK(strspn(user, "0123456789:") == strlen(user));
    FUZZ_CHECK(again && strcmp(pair, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *spec = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *passwd = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *group = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *user =
        user_resolve(spec, *passwd ? passwd : NULL, *group ? group : NULL, &e);
    if (user)
        check_numbers(user);
    else
        fuzz_check_error(&e);
    return 0;
}
