/* SPDX-License-Identifier: Apache-2.0 */
/* Auth files: what is found is whole, a helper is a name and no path, and no error tells a secret.
 */
#include "harness/base/fuzz.h"
#include "harness/registry/auth_file.h"

/* The password of the corpus, also as it stands in "auth". The name of a helper is no secret. */
static void check_no_secret(const struct error *e)
{
    FUZZ_CHECK(strstr(e->message, "credential helper") ||
               (!strstr(e->message, "hunter2") && !strstr(e->message, "aHVudGVyMg")));
}

static void check_entry(const struct auth_entry *a)
{
    const struct credentials *c = &a->credentials;
    FUZZ_CHECK(!a->found || c->password || c->identity_token);
    FUZZ_CHECK(!c->password == !c->user);
    FUZZ_CHECK(!a->helper == !a->server && !(a->found && a->helper));
    FUZZ_CHECK(!a->helper || (*a->helper && !strchr(a->helper, '/')));
}

static void look_up(const char *json, size_t size, bool legacy, const char *registry)
{
    struct auth_entry a;
    struct error e = ERROR_INIT;
    if (auth_file_find(json, size, legacy, registry, "team/app", &a, &e)) {
        check_entry(&a);
    } else {
        check_no_secret(&e);
        fuzz_check_error(&e);
    }
    auth_entry_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    look_up((const char *)data, size, false, "registry.example:5000");
    look_up((const char *)data, size, true, "registry.example:5000");
    look_up((const char *)data, size, false, "docker.io");
    return 0;
}
