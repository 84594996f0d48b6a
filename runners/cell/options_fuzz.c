/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of plimsoll-cell, each word ended by NUL. */
#include "harness/base/fuzz.h"
#include "runners/cell/options.h"

enum { WORDS_MAX = 160 };

static void check_options(const struct options *o)
{
    FUZZ_CHECK(o->root && o->hostname && *o->hostname && strlen(o->hostname) <= 64);
    FUZZ_CHECK(o->bind_count <= BINDS_MAX && o->identity.group_count <= IDENTITY_GROUPS_MAX);
    FUZZ_CHECK(!o->emulator || o->elf.bits == 32 || o->elf.bits == 64);
    for (size_t i = 0; i < o->bind_count; i++) {
        FUZZ_CHECK(*o->binds[i].source && o->binds[i].target[0] == '/');
        FUZZ_CHECK(!strstr(o->binds[i].target, "/../") && !strstr(o->binds[i].target, "/./"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *words[WORDS_MAX + 1] = {must_strdup("plimsoll-cell")};
    int count = 1;
    while (size > 0 && count < WORDS_MAX)
        words[count++] = fuzz_next_text(&data, &size);
    struct options o;
    struct error e = ERROR_INIT;
    if (options_parse(&o, count, words, &e))
        check_options(&o);
    else
        fuzz_check_error(&e);
    options_done(&o);
    for (int i = 0; i < count; i++)
        free(words[i]);
    return 0;
}
