/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/auth_file.h"
#include "harness/base/pool.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* The key that Docker itself uses for its registry. */
static const char hub_key[] = "https://index.docker.io/v1/";

static void wipe(char **secret)
{
    if (*secret)
        explicit_bzero(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

void credentials_done(struct credentials *c)
{
    wipe(&c->user);
    wipe(&c->password);
    wipe(&c->identity_token);
}

void auth_entry_done(struct auth_entry *a)
{
    credentials_done(&a->credentials);
    free(a->helper);
    free(a->server);
    *a = (struct auth_entry){.found = false};
}

/* ---- keys ---- */

static bool is_hub(const char *host)
{
    return strcmp(host, "docker.io") == 0 || strcmp(host, "index.docker.io") == 0 ||
           strcmp(host, "registry-1."
                        "docker.io") == 0;
}

/* "https://host/v1/" of older files means the host. The caller frees it. */
static char *normal_key(const char *key, bool legacy)
{
    const char *scheme = strstr(key, "://"), *rest = scheme ? scheme + 3 : key;
    size_t length = scheme || legacy ? strcspn(rest, "/") : strlen(rest);
    char *normal = must_printf("%.*s", (int)length, rest);
    if (is_hub(normal))
        memcpy(normal, "docker.io", sizeof "docker.io");
    return normal;
}

/* The member for a key in normal form: written so, or the first that comes to the same. */
static json_t *find_key(json_t *auths, const char *wanted, bool legacy)
{
    json_t *exact = legacy ? NULL : json_object_get(auths, wanted), *value;
    const char *key;
    if (exact)
        return exact;
    json_object_foreach(auths, key, value)
    {
        CLEANUP_FREE char *normal = normal_key(key, legacy);
        if (strcmp(normal, wanted) == 0)
            return value;
    }
    return NULL;
}

/* ---- "auths" ---- */

/* Base64 of "user:password". Docker pads passwords with NUL. */
static bool decode(const char *auth, struct credentials *ret)
{
    size_t length = strlen(auth);
    unsigned char *plain = must_calloc(length / 4 * 3 + 1, 1);
    int n = length % 4 == 0 ? EVP_DecodeBlock(plain, (const unsigned char *)auth, (int)length) : -1;
    char *text = (char *)plain, *colon = n > 0 ? strchr(text, ':') : NULL;
    if (colon) {
        ret->user = must_printf("%.*s", (int)(colon - text), text);
        ret->password = must_strdup(colon + 1);
    }
    explicit_bzero(plain, length / 4 * 3);
    free(plain);
    return colon != NULL;
}

/* An entry without anything in it is what a credentials store leaves behind. */
static bool take_entry(json_t *entry, const char *key, struct auth_entry *ret, struct error *e)
{
    const char *auth = json_string_value(json_object_get(entry, "auth"));
    const char *token = json_string_value(json_object_get(entry, "identitytoken"));
    const char *user = json_string_value(json_object_get(entry, "username"));
    const char *password = json_string_value(json_object_get(entry, "password"));
    if (auth && *auth) {
        if (!decode(auth, &ret->credentials))
            return error_set(e, ERROR_USAGE, "\"auth\" of \"%s\" is not base64 of user:password",
                             key);
    } else if (user && password) {
        ret->credentials.user = must_strdup(user);
        ret->credentials.password = must_strdup(password);
    }
    if (token && *token)
        ret->credentials.identity_token = must_strdup(token);
    ret->found = ret->credentials.password || ret->credentials.identity_token;
    return true;
}

/* host/a/b, host/a, host. */
static bool find_auth(json_t *auths, bool legacy, const char *registry, const char *repository,
                      struct auth_entry *ret, struct error *e)
{
    CLEANUP_FREE char *key = must_printf("%s/%s", registry, repository);
    for (;;) {
        json_t *entry = find_key(auths, key, legacy);
        if (entry && !take_entry(entry, key, ret, e))
            return false;
        char *slash = strrchr(key, '/');
        if (ret->found || !slash)
            return true;
        *slash = '\0';
    }
}

/* ---- helpers ---- */

static bool set_helper(struct auth_entry *ret, const char *helper, const char *server,
                       struct error *e)
{
    if (!*helper || strchr(helper, '/'))
        return error_set(e, ERROR_USAGE, "\"%s\" is not the name of a credential helper", helper);
    ret->helper = must_strdup(helper);
    ret->server = must_strdup(server);
    return true;
}

/* The helper of this registry alone, which goes before what the file itself holds. */
static bool find_helper(json_t *root, const char *registry, struct auth_entry *ret, struct error *e)
{
    json_t *helpers = json_object_get(root, "credHelpers");
    const char *const keys[] = {registry, is_hub(registry) ? hub_key : registry};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *helper = json_string_value(json_object_get(helpers, keys[i]));
        if (helper)
            return set_helper(ret, helper, keys[i], e);
    }
    return true;
}

static bool find_store(json_t *root, const char *registry, struct auth_entry *ret, struct error *e)
{
    const char *store = json_string_value(json_object_get(root, "credsStore"));
    return !store || !*store || set_helper(ret, store, is_hub(registry) ? hub_key : registry, e);
}

/* The parser's own message may quote what is near the fault: a secret. */
static bool refuse_json(const json_t *root, const json_error_t *fault, struct error *e)
{
    if (root)
        return error_set(e, ERROR_USAGE, "not a JSON object");
    return error_set(e, ERROR_USAGE, "line %d, column %d: not JSON", fault->line, fault->column);
}

bool auth_file_find(const char *json, size_t length, bool legacy, const char *registry,
                    const char *repository, struct auth_entry *ret, struct error *e)
{
    json_error_t fault;
    json_t *root = json_loadb(json, length, 0, &fault);
    *ret = (struct auth_entry){.found = false};
    json_t *auths = legacy ? root : json_object_get(root, "auths");
    bool ok = json_is_object(root) || refuse_json(root, &fault, e);
    if (ok && !legacy)
        ok = find_helper(root, registry, ret, e);
    if (ok && !ret->helper)
        ok = find_auth(auths, legacy, registry, repository, ret, e);
    if (ok && !legacy && !ret->helper && !ret->found)
        ok = find_store(root, registry, ret, e);
    json_decref(root);
    if (!ok)
        auth_entry_done(ret);
    return ok;
}
