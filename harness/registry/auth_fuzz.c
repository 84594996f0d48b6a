/* SPDX-License-Identifier: Apache-2.0 */
/* How to ask a registry again, from the head of its 401 and then its token server's answer, each
 * ended by NUL: credentials go to no token server but by https, and the header is one line. */
#include "harness/base/fuzz.h"
#include "harness/registry/auth.h"
#include <strings.h>

static void take_head(struct head *h, char *text)
{
    for (char *line; (line = strsep(&text, "\n"));)
        if (!head_take_line(h, line, strlen(line)))
            break;
}

static void check_header(const struct auth *a)
{
    CLEANUP_FREE char *header = auth_header(a);
    FUZZ_CHECK(!header ||
               (fuzz_is_printable(header) && strncmp(header, "Authorization: B", 16) == 0));
    FUZZ_CHECK(!header || (a->kind == AUTH_BEARER) == !!a->token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = fuzz_next_text(&data, &size);
    CLEANUP_FREE char *answer = fuzz_next_text(&data, &size);
    struct head h = {0};
    struct auth a;
    struct error e = ERROR_INIT;
    auth_init(&a);
    take_head(&h, text);
    if (auth_take_challenges(&a, &h, false, &e))
        FUZZ_CHECK(a.kind == AUTH_BASIC || strncasecmp(a.challenge.realm, "https://", 8) == 0);
    else
        fuzz_check_error(&e);
    if (auth_take_token(&a, answer, strlen(answer), &e))
        FUZZ_CHECK(a.token && a.expires > 0);
    else
        fuzz_check_error(&e);
    check_header(&a);
    auth_done(&a);
    head_clear(&h);
    return 0;
}
