/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/session.h"
#include "harness/registry/media_type.h"

#include <stdlib.h>
#include <string.h>

bool session_open(struct session *s, const struct registry_options *o, const struct reference *r,
                  struct error *e)
{
    *s = (struct session){
        .options = o, .registry = r->registry, .repository = r->repository, .scheme = "https"};
    if (!certs_load(&s->certs, o->cert_dir, r->registry, e))
        return false;
    auth_init(&s->auth);
    s->http = http_new(e);
    if (s->http)
        return true;
    auth_done(&s->auth);
    certs_done(&s->certs);
    return false;
}

void session_close(struct session *s)
{
    if (!s->http)
        return;
    token_cancel(s);
    http_free(s->http);
    auth_done(&s->auth);
    certs_done(&s->certs);
    *s = (struct session){.http = NULL};
}

void session_prepare(struct session *s, const struct session_question *q, struct fetch *ret)
{
    *ret = (struct fetch){
        .session = s,
        .method = q->method,
        .path = must_printf("/v2/%s/%s/%s", s->repository, q->kind, q->name),
        .accept = strcmp(q->kind, "manifests") == 0 ? media_type_accept : NULL,
        .content =
            {.what = q->what, .digest = q->digest, .size = q->size, .limit = q->limit, .fd = -1},
        .silent = q->silent,
    };
}

static void when_done(struct fetch *f)
{
    (void)f; /* http_run() returns when nothing is left to do */
}

bool session_ask(struct session *s, const struct session_question *q, struct fetch *ret,
                 struct error *e)
{
    session_prepare(s, q, ret);
    ret->done = when_done;
    fetch_start(ret);
    http_run(s->http);
    if (!error_is_set(&ret->error))
        return true;
    *e = ret->error;
    ret->error = (struct error)ERROR_INIT;
    fetch_done(ret);
    return false;
}
