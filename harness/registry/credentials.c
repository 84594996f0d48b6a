/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/credentials.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "harness/registry/credential_helper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AUTH_FILE_BYTES = 4 * 1024 * 1024, PLACES = 4 };

/* $VARIABLE/name, else $HOME/otherwise/name; NULL where neither says. */
static char *place(const char *variable, const char *otherwise, const char *name)
{
    const char *dir = getenv(variable), *home = getenv("HOME");
    if (dir && *dir)
        return must_printf("%s/%s", dir, name);
    return home && *home ? must_printf("%s/%s/%s", home, otherwise, name) : NULL;
}

static char *runtime_place(void)
{
    const char *dir = getenv("XDG_RUNTIME_DIR");
    if (dir && *dir)
        return must_printf("%s/containers/auth.json", dir);
    return must_printf("/run/containers/%u/auth.json", (unsigned)getuid());
}

static bool ask_helper(const struct auth_entry *entry, const char *file,
                       struct credential_find *ret, struct error *e)
{
    if (!credential_helper_get(entry->helper, entry->server, &ret->credentials, &ret->found, e))
        return error_context(e, "credential helper named in %s", file);
    if (ret->found)
        ret->source = must_printf("docker-credential-%s of %s", entry->helper, file);
    return true;
}

static bool look_in(const char *file, bool legacy, const char *registry, const char *repository,
                    struct credential_find *ret, struct error *e)
{
    size_t length;
    struct auth_entry entry;
    char *json = file_read(file, AUTH_FILE_BYTES, &length, e);
    if (!json) {
        e->code = ERROR_USAGE;
        return false;
    }
    bool ok = auth_file_find(json, length, legacy, registry, repository, &entry, e) ||
              error_context(e, "auth file %s", file);
    explicit_bzero(json, length);
    free(json);
    if (!ok)
        return false;
    if (entry.found) {
        ret->found = true;
        ret->credentials = entry.credentials;
        ret->source = must_strdup(file);
        entry.credentials = (struct credentials){NULL, NULL, NULL};
    } else if (entry.helper) {
        ok = ask_helper(&entry, file, ret, e);
    }
    auth_entry_done(&entry);
    return ok;
}

/* Those that are there. */
static bool look_around(const char *registry, const char *repository, struct credential_find *ret,
                        struct text *seen, struct error *e)
{
    char *places[PLACES] = {
        runtime_place(),
        place("XDG_CONFIG_HOME", ".config", "containers/auth.json"),
        place("DOCKER_CONFIG", ".docker", "config.json"),
        place("HOME", "", ".dockercfg"),
    };
    bool ok = true;
    for (size_t i = 0; i < PLACES; i++) {
        if (ok && !ret->found && places[i] && access(places[i], F_OK) == 0) {
            text_printf(seen, "%s%s", seen->length ? ", " : "", places[i]);
            ok = look_in(places[i], i == PLACES - 1, registry, repository, ret, e);
        }
        free(places[i]);
    }
    return ok;
}

bool credentials_find(const char *authfile, const char *registry, const char *repository,
                      struct credential_find *ret, struct error *e)
{
    const char *variable = getenv("REGISTRY_AUTH_FILE");
    const char *only = authfile ? authfile : variable && *variable ? variable : NULL;
    CLEANUP_TEXT struct text seen = TEXT_INIT;
    *ret = (struct credential_find){.found = false};
    if (only)
        text_add(&seen, only);
    bool ok = only ? look_in(only, false, registry, repository, ret, e)
                   : look_around(registry, repository, ret, &seen, e);
    if (ok && !ret->source)
        ret->source = text_take(&seen);
    if (!ok)
        credential_find_done(ret);
    return ok;
}

void credential_find_done(struct credential_find *f)
{
    credentials_done(&f->credentials);
    free(f->source);
    *f = (struct credential_find){.found = false};
}
