/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/http.h"
#include "harness/base/pool.h"

#include <stdlib.h>
#include <uv.h>

struct http {
    uv_loop_t loop;
    uv_timer_t timeout; /* curl's */
    uv_timer_t pause;   /* until the first of the pauses is over */
    CURLM *multi;
    struct http_job *jobs;
};

struct watcher { /* of one of curl's sockets */
    uv_poll_t poll;
    struct http *http;
    curl_socket_t socket;
};

/* ---- jobs ---- */

static void link_job(struct http *h, struct http_job *job)
{
    job->next = h->jobs;
    h->jobs = job;
}

static void unlink_job(struct http *h, struct http_job *job)
{
    struct http_job **at = &h->jobs;
    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    job->next = NULL;
    if (job->state == HTTP_TRANSFER)
        curl_multi_remove_handle(h->multi, job->easy);
    job->state = HTTP_IDLE;
}

static void collect(struct http *h)
{
    int left;
    for (CURLMsg *m; (m = curl_multi_info_read(h->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode result = m->data.result;
        struct http_job *job = NULL;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&job);
        unlink_job(h, job);
        job->done(job, result);
    }
}

void http_start(struct http *h, struct http_job *job)
{
    job->state = HTTP_TRANSFER;
    curl_easy_setopt(job->easy, CURLOPT_PRIVATE, job);
    link_job(h, job);
    curl_multi_add_handle(h->multi, job->easy);
}

void http_cancel(struct http *h, struct http_job *job)
{
    if (job->state != HTTP_IDLE)
        unlink_job(h, job);
}

/* ---- pauses ---- */

static void when_pause_is_over(uv_timer_t *timer);

static void arm_pause(struct http *h)
{
    const struct http_job *first = NULL;
    for (const struct http_job *j = h->jobs; j; j = j->next)
        if (j->state == HTTP_PAUSE && (!first || j->due < first->due))
            first = j;
    uint64_t now = uv_now(&h->loop);
    if (first)
        uv_timer_start(&h->pause, when_pause_is_over, first->due > now ? first->due - now : 0, 0);
}

static struct http_job *find_due(struct http *h)
{
    for (struct http_job *j = h->jobs; j; j = j->next)
        if (j->state == HTTP_PAUSE && j->due <= uv_now(&h->loop))
            return j;
    return NULL;
}

static void when_pause_is_over(uv_timer_t *timer)
{
    struct http *h = timer->data;
    for (struct http_job *j; (j = find_due(h));) {
        unlink_job(h, j);
        j->done(j, CURLE_OK);
    }
    arm_pause(h);
}

void http_pause(struct http *h, struct http_job *job, uint64_t milliseconds)
{
    uv_update_time(&h->loop);
    job->state = HTTP_PAUSE;
    job->due = uv_now(&h->loop) + milliseconds + 1; /* never due within the round that asks */
    link_job(h, job);
    arm_pause(h);
}

/* ---- curl in the loop ---- */

static void when_ready(uv_poll_t *poll, int status, int events)
{
    struct watcher *w = poll->data;
    struct http *h = w->http;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0, running;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(h->multi, w->socket, flags, &running);
    collect(h);
}

static void free_watcher(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watcher *watch(struct http *h, curl_socket_t socket)
{
    struct watcher *w = must_calloc(1, sizeof *w);
    w->http = h;
    w->socket = socket;
    uv_poll_init_socket(&h->loop, &w->poll, socket);
    w->poll.data = w;
    curl_multi_assign(h->multi, socket, w);
    return w;
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *data, void *socket_data)
{
    (void)easy;
    struct http *h = data;
    struct watcher *w = socket_data;
    if (what == CURL_POLL_REMOVE) {
        if (w)
            uv_close((uv_handle_t *)&w->poll, free_watcher);
        curl_multi_assign(h->multi, socket, NULL);
        return 0;
    }
    if (!w)
        w = watch(h, socket);
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&w->poll, events, when_ready);
}

static void when_timed_out(uv_timer_t *timer)
{
    struct http *h = timer->data;
    int running;
    curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(h);
}

static int on_timeout(CURLM *multi, long milliseconds, void *data)
{
    (void)multi;
    struct http *h = data;
    if (milliseconds < 0)
        return uv_timer_stop(&h->timeout);
    return uv_timer_start(&h->timeout, when_timed_out, (uint64_t)milliseconds, 0);
}

struct http *http_new(struct error *e)
{
    if (!libcurl_load(e))
        return NULL;
    struct http *h = must_calloc(1, sizeof *h);
    int failed = uv_loop_init(&h->loop);
    if (failed || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(h->multi = curl_multi_init())) {
        error_set(e, ERROR_RUN, "cannot prepare for the network%s%s", failed ? ": " : "",
                  failed ? uv_strerror(failed) : "");
        free(h);
        return NULL;
    }
    uv_timer_init(&h->loop, &h->timeout);
    uv_timer_init(&h->loop, &h->pause);
    h->timeout.data = h->pause.data = h;
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    return h;
}

void http_run(struct http *h)
{
    while (h->jobs && uv_run(&h->loop, UV_RUN_ONCE))
        continue;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    curl_multi_cleanup(h->multi); /* takes its sockets off the loop */
    uv_close((uv_handle_t *)&h->timeout, NULL);
    uv_close((uv_handle_t *)&h->pause, NULL);
    uv_run(&h->loop, UV_RUN_DEFAULT);
    uv_loop_close(&h->loop);
    curl_global_cleanup();
    free(h);
}
