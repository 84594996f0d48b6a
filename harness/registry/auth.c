/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/auth.h"
#include "harness/base/text.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { TOKEN_SECONDS = 60, TOKEN_SECONDS_MAX = 86400 }; /* the first is the protocol's default */

void auth_init(struct auth *a)
{
    *a = (struct auth){.pool = pool_new()};
}

static void drop_token(struct auth *a)
{
    if (a->token)
        explicit_bzero(a->token, strlen(a->token));
    free(a->token);
    a->token = NULL;
}

void auth_done(struct auth *a)
{
    drop_token(a);
    credential_find_done(&a->found);
    pool_free(a->pool);
    a->pool = NULL;
}

uint64_t auth_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec;
}

/* ---- challenges ---- */

/* Credentials go there. */
static bool check_realm(const char *realm, bool plain, struct error *e)
{
    bool https = strncasecmp(realm, "https://", 8) == 0;
    if (https || (plain && strncasecmp(realm, "http://", 7) == 0))
        return true;
    CLEANUP_TEXT struct text shown = TEXT_INIT;
    text_add_printable(&shown, realm, strcspn(realm, "?"));
    return error_set(e, ERROR_RUN, "its token server %s is not asked, since that is not https://",
                     text_get(&shown));
}

static void name_schemes(const struct challenges *c, struct text *ret)
{
    for (size_t i = 0; i < c->count && i < 5; i++)
        text_printf(ret, "%s%.40s", i > 0 ? ", " : "", c->items[i].scheme);
}

static bool choose(struct auth *a, const struct challenges *c, bool plain, struct error *e)
{
    const struct challenge *bearer = challenges_find(c, "Bearer");
    if (bearer && bearer->realm) {
        drop_token(a);
        a->kind = AUTH_BEARER;
        a->challenge = *bearer;
        return check_realm(bearer->realm, plain, e);
    }
    if (challenges_find(c, "Basic")) {
        a->kind = AUTH_BASIC;
        return true;
    }
    CLEANUP_TEXT struct text schemes = TEXT_INIT;
    name_schemes(c, &schemes);
    return error_set(e, ERROR_RUN, "it asks for authentication by %s; Bearer and Basic are known",
                     schemes.length ? schemes.data : "no scheme at all");
}

bool auth_take_challenges(struct auth *a, const struct head *h, bool plain, struct error *e)
{
    struct challenges c = {NULL, 0};
    for (size_t i = 0; i < h->challenge_count; i++)
        challenges_parse(a->pool, h->challenges[i], &c); /* what is malformed challenges nobody */
    bool ok = choose(a, &c, plain, e);
    challenges_done(&c);
    return ok;
}

/* ---- tokens ---- */

/* It becomes part of a header. */
static bool is_header_safe(const char *token)
{
    for (const char *c = token; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return *token != '\0';
}

bool auth_take_token(struct auth *a, const char *json, size_t length, struct error *e)
{
    json_t *root = json_loadb(json, length, 0, NULL);
    const char *token = json_string_value(json_object_get(root, "token"));
    if (!token || !*token)
        token = json_string_value(json_object_get(root, "access_token"));
    json_int_t seconds = json_integer_value(json_object_get(root, "expires_in"));
    bool ok = token && is_header_safe(token);
    if (ok) {
        drop_token(a);
        a->token = must_strdup(token);
        a->generation++;
        if (seconds <= 0 || seconds > TOKEN_SECONDS_MAX)
            seconds = seconds > 0 ? TOKEN_SECONDS_MAX : TOKEN_SECONDS;
        a->expires = auth_clock() + (uint64_t)(seconds - seconds / 5);
    }
    json_decref(root);
    return ok || error_set(e, ERROR_RUN, "its answer holds no token");
}

bool auth_needs_token(struct auth *a)
{
    if (a->token && auth_clock() >= a->expires)
        drop_token(a);
    return a->kind == AUTH_BEARER && !a->token;
}

/* ---- headers ---- */

char *auth_basic_header(const struct auth *a)
{
    const struct credentials *c = &a->found.credentials;
    if (!c->password)
        return NULL;
    CLEANUP_FREE char *both = must_printf("%s:%s", c->user, c->password);
    size_t length = strlen(both);
    CLEANUP_FREE char *encoded = must_calloc(length / 3 * 4 + 5, 1);
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)both, (int)length);
    explicit_bzero(both, length);
    return must_printf("Authorization: Basic %s", encoded);
}

char *auth_header(const struct auth *a)
{
    if (a->kind == AUTH_BASIC)
        return auth_basic_header(a);
    return a->kind == AUTH_BEARER && a->token ? must_printf("Authorization: Bearer %s", a->token)
                                              : NULL;
}

char *auth_describe(const struct auth *a)
{
    if (a->found.found)
        return must_printf("asked with the credentials of %s", a->found.source);
    if (!a->looked_up)
        return must_strdup("asked anonymously");
    if (!*a->found.source)
        return must_strdup("asked anonymously (there is no auth file)");
    return must_printf("asked anonymously (no credentials for it in %s)", a->found.source);
}
