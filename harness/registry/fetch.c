/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/fetch.h"
#include "harness/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

enum {
    REDIRECTS = 10,
    REFUSALS = 2,                  /* the first answer to a 401, and one with a new token */
    FORGIVEN_BYTES = 1 << 20,      /* so much progress starts the count of failures again */
    PAUSE_SECONDS_MAX = 30,        /* between two attempts */
    RETRY_AFTER_SECONDS_MAX = 120, /* that a server may ask us to wait */
};

static void send_again(struct fetch *f);

static void finish(struct fetch *f)
{
    f->done(f);
}

static bool fail(struct fetch *f)
{
    finish(f);
    return false;
}

/* ---- pauses ---- */

/* Doubled each time, and between half and all of it, so that many clients spread. */
static uint64_t pause_milliseconds(const struct fetch *f)
{
    double most = f->session->options->retry_delay * (double)(1ULL << (f->failures - 1));
    uint32_t random = 0;
    if (most > PAUSE_SECONDS_MAX)
        most = PAUSE_SECONDS_MAX;
    if (getrandom(&random, sizeof random, 0) < 0)
        random = 0;
    return (uint64_t)(most * 1000 * (0.5 + (double)random / (double)UINT32_MAX / 2));
}

static void when_paused(struct http_job *job, CURLcode result)
{
    (void)result;
    send_again(job->data);
}

/* False when there were too many failures, or the server wants too long a pause. */
static bool try_again(struct fetch *f)
{
    curl_off_t seconds = 0;
    if (f->content.have - f->mark >= FORGIVEN_BYTES)
        f->failures = 0;
    if (f->content.have > f->mark) /* only new ground counts */
        f->mark = f->content.have;
    if (f->silent || f->failures >= f->session->options->retries || f->failures >= 32)
        return false;
    curl_easy_getinfo(f->job.easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > RETRY_AFTER_SECONDS_MAX)
        return false;
    f->failures++;
    free(f->redirect); /* what a redirect leads to may hold for a while only */
    f->redirect = NULL;
    f->redirects = 0;
    f->job.done = when_paused;
    http_pause(f->session->http, &f->job,
               seconds > 0 ? (uint64_t)seconds * 1000 : pause_milliseconds(f));
    return true;
}

/* ---- answers ---- */

static bool refuse_redirect(struct fetch *f, const char *why)
{
    CLEANUP_FREE char *from = request_shown_url(request_url(f));
    error_set(&f->error, ERROR_RUN, "%s: %s redirects %s", f->content.what, from, why);
    return fail(f);
}

static bool follow(struct fetch *f)
{
    char *to = NULL;
    curl_easy_getinfo(f->job.easy, CURLINFO_REDIRECT_URL, &to);
    if (!to || f->form)
        return refuse_redirect(f, to ? "a POST" : "to nowhere");
    if (++f->redirects > REDIRECTS)
        return refuse_redirect(f, "once more, after ten times: a loop");
    bool https = strncasecmp(to, "https://", 8) == 0;
    if (!https && strncasecmp(to, "http://", 7) != 0)
        return refuse_redirect(f, "to what is neither https:// nor http://");
    if (request_names_user(to))
        return refuse_redirect(f, "to a URL that names a user, which is not followed");
    if (!https && strncasecmp(request_url(f), "https://", 8) == 0)
        return refuse_redirect(f, "from https:// to http://, which is not followed");
    char *copy = must_strdup(to);
    free(f->redirect);
    f->redirect = copy;
    send_again(f);
    return true;
}

static bool look_up_credentials(struct fetch *f)
{
    struct session *s = f->session;
    if (s->auth.looked_up)
        return true;
    s->auth.looked_up = credentials_find(s->options->authfile, s->registry, s->repository,
                                         &s->auth.found, &f->error);
    return s->auth.looked_up;
}

/* Whether there is a better way to ask than the one that was refused. */
static bool authenticate(struct fetch *f)
{
    struct session *s = f->session;
    bool foreign = !f->path || (f->redirect && !request_same_origin(f->redirect, f->url));
    if (foreign || ++f->refusals > REFUSALS || f->asked == AUTH_BASIC) {
        explain_status(f);
        return fail(f);
    }
    if (f->generation == s->auth.generation || !s->auth.token) {
        bool plain = strcmp(s->scheme, "http") == 0;
        if (!look_up_credentials(f) ||
            !auth_take_challenges(&s->auth, &f->head, plain, &f->error)) {
            error_context(&f->error, "registry %s", s->registry);
            return fail(f);
        }
    }
    if (s->auth.kind == AUTH_BASIC && !s->auth.found.credentials.password) {
        explain_status(f);
        return fail(f);
    }
    send_again(f);
    return true;
}

/* All has arrived, as far as the server is concerned. */
static bool conclude_content(struct fetch *f)
{
    struct content *c = &f->content;
    bool whole = strcmp(f->method, "HEAD") == 0 || c->size == BYTES_ANY_SIZE || c->have == c->size;
    if (!whole && try_again(f))
        return true;
    if (strcmp(f->method, "HEAD") != 0 && !content_finish(c, &f->error))
        return fail(f);
    finish(f);
    return true;
}

static bool is_transient(long status)
{
    return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 ||
           status == 503 || status == 504;
}

static void conclude_answer(struct fetch *f)
{
    bool redirect = f->status == 301 || f->status == 302 || f->status == 303 || f->status == 307 ||
                    f->status == 308;
    if (f->status == 200 || f->status == 206) {
        conclude_content(f);
    } else if (redirect) {
        follow(f);
    } else if (f->status == 401) {
        authenticate(f);
    } else if (f->status == 416 && f->content.have > 0 && !f->whole) {
        f->whole = true;
        send_again(f);
    } else if (!is_transient(f->status) || !try_again(f)) {
        explain_status(f);
        finish(f);
    }
}

/* ---- failures ---- */

/* skopeo's way: HTTPS first, HTTP only where the user has said that anything will do. */
static bool fall_back(struct fetch *f, CURLcode result)
{
    struct session *s = f->session;
    bool maybe_plain = result == CURLE_SSL_CONNECT_ERROR || result == CURLE_COULDNT_CONNECT ||
                       result == CURLE_RECV_ERROR || result == CURLE_GOT_NOTHING ||
                       result == CURLE_COULDNT_RESOLVE_HOST; /* a proxy may know it */
    if (!s->options->insecure || s->heard || !f->path || f->redirect || !maybe_plain ||
        strcmp(s->scheme, "http") == 0)
        return false;
    s->scheme = "http";
    send_again(f);
    return true;
}

/* A name that does not resolve, or a port that nobody listens on, is most likely a wrong one, until
 * the registry has been heard. */
static bool is_passing(const struct fetch *f, CURLcode result)
{
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return f->session->heard;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    case CURLE_WRITE_ERROR:
        return f->whole; /* our own refusal of a wrong range */
    default:
        return false;
    }
}

static void report(struct fetch *f, CURLcode result)
{
    const struct registry_events *v = &f->session->options->events;
    if (!v->request)
        return;
    CLEANUP_FREE char *url = request_shown_url(request_url(f));
    CLEANUP_FREE char *status = must_printf("%ld", f->status);
    v->request(v->data, f->method, url, result == CURLE_OK ? status : curl_easy_strerror(result));
}

static void when_sent(struct http_job *job, CURLcode result)
{
    struct fetch *f = job->data;
    curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &f->status);
    f->session->heard |= f->path && !f->redirect && f->status != 0;
    report(f, result);
    if (error_is_set(&f->error)) { /* what arrives is not wanted */
        finish(f);
    } else if (result == CURLE_OK || (result == CURLE_WRITE_ERROR && f->refusal.length > 0)) {
        conclude_answer(f);
    } else if (!fall_back(f, result) && (!is_passing(f, result) || !try_again(f))) {
        explain_failure(f, result);
        finish(f);
    }
}

void fetch_resume(struct fetch *f)
{
    if (!request_prepare(f, &f->error)) {
        finish(f);
        return;
    }
    f->job.done = when_sent;
    http_start(f->session->http, &f->job);
}

static void send_again(struct fetch *f)
{
    if (f->path && auth_needs_token(&f->session->auth))
        token_wait(f);
    else
        fetch_resume(f);
}

void fetch_start(struct fetch *f)
{
    f->job.data = f;
    send_again(f);
}

void fetch_cancel(struct fetch *f)
{
    http_cancel(f->session->http, &f->job);
    for (struct fetch **at = &f->session->waiting; *at; at = &(*at)->next_waiting)
        if (*at == f) {
            *at = f->next_waiting;
            break;
        }
}

static void wipe(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void fetch_done(struct fetch *f)
{
    if (f->job.easy)
        curl_easy_cleanup(f->job.easy);
    curl_slist_free_all(f->headers);
    head_clear(&f->head);
    text_done(&f->refusal);
    content_done(&f->content);
    error_clear(&f->error);
    free(f->path);
    free(f->url);
    free(f->redirect);
    wipe(f->form);
    wipe(f->authorization);
    *f = (struct fetch){.status = 0};
}
