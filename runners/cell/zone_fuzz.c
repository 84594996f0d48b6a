/* SPDX-License-Identifier: Apache-2.0 */
/* Zone scripts: a rule that is taken is within the limits and is found by its own name. */
#include "harness/base/fuzz.h"
#include "runners/cell/zone.h"

static void check_name(const char *name)
{
    CLEANUP_FREE char *once = zone_name(name);
    if (!once || !*once)
        return;
    CLEANUP_FREE char *twice = zone_name(once);
    FUZZ_CHECK(twice && strcmp(once, twice) == 0 && fuzz_is_printable(once));
}

static void check_rule(const struct zone_rule *r)
{
    FUZZ_CHECK(r->name && r->server <= ZONE_SERVERS && r->transports);
    FUZZ_CHECK(r->delay <= 10000 && r->chain <= 64 && r->address_count <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *script = fuzz_text(data, size);
    CLEANUP_FREE char *first = must_printf("%.*s", (int)strcspn(script, " \t\n"), script);
    struct error e = ERROR_INIT;
    struct zone *zone = zone_parse(script, &e);
    check_name(first);
    if (!zone) {
        fuzz_check_error(&e);
        return 0;
    }
    CLEANUP_FREE char *name = zone_name(first);
    for (unsigned server = 1; name && server <= ZONE_SERVERS; server++) {
        const struct zone_rule *r = zone_find(zone, name, LDNS_RR_TYPE_A, server, ZONE_TCP);
        if (r)
            check_rule(r);
        (void)zone_server_is_dead(zone, server);
    }
    zone_free(zone);
    return 0;
}
