/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/fetch.h"

#include <stdlib.h>
#include <string.h>

enum { TOKEN_BYTES = 1024 * 1024 };

/* ---- the request ---- */

static char *scope_of(const struct session *s)
{
    const char *scope = s->auth.challenge.scope;
    return scope && *scope ? must_strdup(scope) : must_printf("repository:%s:pull", s->repository);
}

static void add_query(CURLU *u, const char *name, const char *value)
{
    CLEANUP_FREE char *pair = must_printf("%s=%s", name, value);
    curl_url_set(u, CURLUPART_QUERY, pair, CURLU_APPENDQUERY | CURLU_URLENCODE);
}

/* What a realm says of a user and a password is nothing to us. */
static CURLU *parse_realm(const char *realm)
{
    CURLU *u = curl_url();
    if (curl_url_set(u, CURLUPART_URL, realm, CURLU_DISALLOW_USER) == CURLUE_OK)
        return u;
    curl_url_cleanup(u);
    return NULL;
}

static char *take_url(CURLU *u)
{
    char *url = NULL, *copy = NULL;
    if (curl_url_get(u, CURLUPART_URL, &url, 0) == CURLUE_OK)
        copy = must_strdup(url);
    curl_free(url);
    return copy;
}

/* GET realm?service&scope, by Basic when there is a password. */
static void ask_by_get(struct fetch *f, CURLU *u)
{
    const struct auth *a = &f->session->auth;
    CLEANUP_FREE char *scope = scope_of(f->session);
    if (a->challenge.service)
        add_query(u, "service", a->challenge.service);
    add_query(u, "scope", scope);
    if (a->found.credentials.user)
        add_query(u, "account", a->found.credentials.user);
    f->method = "GET";
    f->authorization = auth_basic_header(a);
}

static void add_field(struct text *form, const char *name, const char *value)
{
    char *escaped = curl_easy_escape(NULL, value, 0);
    text_printf(form, "%s%s=%s", form->length ? "&" : "", name, escaped ? escaped : "");
    curl_free(escaped);
}

/* OAuth2 (RFC 6749, 6), for an identity token. */
static void ask_by_post(struct fetch *f)
{
    const struct auth *a = &f->session->auth;
    CLEANUP_FREE char *scope = scope_of(f->session);
    struct text form = TEXT_INIT;
    add_field(&form, "grant_type", "refresh_token");
    add_field(&form, "service", a->challenge.service ? a->challenge.service : "");
    add_field(&form, "scope", scope);
    add_field(&form, "client_id", "plimsoll");
    add_field(&form, "refresh_token", a->found.credentials.identity_token);
    f->method = "POST";
    f->form = text_take(&form);
}

/* ---- the answer ---- */

/* Everybody who waits goes on, or fails for the same reason. */
static void wake(struct session *s, const struct error *fault)
{
    for (struct fetch *f; (f = s->waiting);) {
        s->waiting = f->next_waiting;
        f->next_waiting = NULL;
        if (!error_is_set(fault)) {
            fetch_resume(f);
            continue;
        }
        error_set(&f->error, fault->code, "%s", fault->message);
        f->done(f);
    }
}

static void when_answered(struct fetch *f)
{
    struct session *s = f->session;
    struct error fault = f->error;
    f->error = (struct error)ERROR_INIT;
    s->token = NULL;
    if (!error_is_set(&fault) && !auth_take_token(&s->auth, text_get(&f->content.memory),
                                                  f->content.memory.length, &fault)) {
        CLEANUP_FREE char *url = request_shown_url(f->url);
        error_context(&fault, "token server %s of registry %s", url, s->registry);
    }
    if (f->content.memory.data)
        explicit_bzero(f->content.memory.data, f->content.memory.length);
    fetch_done(f);
    free(f);
    wake(s, &fault);
    error_clear(&fault);
}

static bool ask(struct session *s, struct error *e)
{
    CURLU *u = parse_realm(s->auth.challenge.realm);
    if (!u)
        return error_set(e, ERROR_RUN, "registry %s names a token server by no good URL",
                         s->registry);
    struct fetch *f = must_calloc(1, sizeof *f);
    f->session = s;
    f->content = (struct content){
        .what = "a token", .size = -1, .limit = TOKEN_BYTES, .fd = -1, .memory = TEXT_INIT};
    f->done = when_answered;
    if (s->auth.found.credentials.identity_token)
        ask_by_post(f);
    else
        ask_by_get(f, u);
    f->url = take_url(u);
    curl_url_cleanup(u);
    s->token = f;
    fetch_start(f);
    return true;
}

void token_wait(struct fetch *f)
{
    struct session *s = f->session;
    struct error fault = ERROR_INIT;
    f->next_waiting = s->waiting;
    s->waiting = f;
    if (!s->token && !ask(s, &fault))
        wake(s, &fault);
    error_clear(&fault);
}

void token_cancel(struct session *s)
{
    struct fetch *f = s->token;
    if (!f)
        return;
    s->token = NULL;
    fetch_cancel(f);
    fetch_done(f);
    free(f);
}
