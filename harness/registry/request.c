/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/fetch.h"

#include <stdlib.h>
#include <string.h>

enum { CONNECT_SECONDS = 30, LOW_SPEED_BYTES = 1000, RECEIVE_BYTES = 512 * 1024 };

/* ---- URLs ---- */

/* docker.io is a name; its registry answers elsewhere. */
static const char *api_host(const char *registry)
{
    static const char hub[] = "registry-1."
                              "docker.io";
    return strcmp(registry, "docker.io") == 0 ? hub : registry;
}

const char *request_url(const struct fetch *f)
{
    return f->redirect ? f->redirect : f->url;
}

static bool get_part(CURLU *u, CURLUPart part, unsigned flags, char **ret)
{
    return curl_url_get(u, part, ret, flags) == CURLUE_OK;
}

bool request_same_origin(const char *a, const char *b)
{
    static const CURLUPart parts[] = {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
    CURLU *ua = curl_url(), *ub = curl_url();
    bool same = curl_url_set(ua, CURLUPART_URL, a, 0) == CURLUE_OK &&
                curl_url_set(ub, CURLUPART_URL, b, 0) == CURLUE_OK;
    for (size_t i = 0; same && i < sizeof parts / sizeof *parts; i++) {
        char *pa = NULL, *pb = NULL;
        same = get_part(ua, parts[i], CURLU_DEFAULT_PORT, &pa) &&
               get_part(ub, parts[i], CURLU_DEFAULT_PORT, &pb) && strcasecmp(pa, pb) == 0;
        curl_free(pa);
        curl_free(pb);
    }
    curl_url_cleanup(ua);
    curl_url_cleanup(ub);
    return same;
}

bool request_names_user(const char *url)
{
    CURLU *u = curl_url();
    bool named =
        curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_USER_NOT_ALLOWED;
    curl_url_cleanup(u);
    return named;
}

char *request_shown_url(const char *url)
{
    CURLU *u = curl_url();
    char *whole = NULL, *shown = NULL;
    if (curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
        curl_url_set(u, CURLUPART_USER, NULL, 0);
        curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
        curl_url_set(u, CURLUPART_QUERY, NULL, 0);
        curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
        get_part(u, CURLUPART_URL, 0, &whole);
    }
    shown = must_strdup(whole ? whole : "(not a URL)");
    curl_free(whole);
    curl_url_cleanup(u);
    return shown;
}

/* ---- callbacks ---- */

static size_t on_header(char *line, size_t size, size_t n, void *data)
{
    struct fetch *f = data;
    if (head_take_line(&f->head, line, size * n))
        return size * n;
    error_set(&f->error, ERROR_RUN, "%s: the headers of the answer are longer than %d bytes",
              f->content.what, HEAD_BYTES);
    return 0;
}

/* A range that was asked for continues where we are; a whole body starts again. */
static bool begin_content(struct fetch *f)
{
    struct content_range range;
    curl_off_t length = -1;
    curl_easy_getinfo(f->job.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (f->status == 200 && f->content.have > 0 && !content_restart(&f->content, &f->error))
        return false;
    if (f->status == 206 && (!f->head.range || !content_range_parse(f->head.range, &range) ||
                             range.first != f->content.have)) {
        f->whole = true; /* it answers something else: no ranges from there */
        return false;
    }
    return length < 0 || content_admits(&f->content, f->content.have + length, &f->error);
}

static bool take_refusal(struct fetch *f, const char *bytes, size_t n)
{
    enum { REFUSAL_BYTES = 64 * 1024 };
    size_t room = REFUSAL_BYTES - f->refusal.length;
    text_add_n(&f->refusal, bytes, n < room ? n : room);
    return n <= room;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    struct fetch *f = data;
    n *= size;
    if (!f->begun) {
        curl_easy_getinfo(f->job.easy, CURLINFO_RESPONSE_CODE, &f->status);
        f->begun = true;
        if ((f->status == 200 || f->status == 206) && !begin_content(f))
            return 0;
    }
    if (f->status != 200 && f->status != 206)
        return take_refusal(f, bytes, n) ? n : 0;
    if (!content_add(&f->content, bytes, n, &f->error))
        return 0;
    if (f->arrived)
        f->arrived(f, n);
    return n;
}

/* ---- options ---- */

static void add_header(struct fetch *f, const char *header)
{
    if (header)
        f->headers = curl_slist_append(f->headers, header);
}

/* Our credentials and our certificate are for the registry, and for whom else the owner says. */
static void set_identity(struct fetch *f)
{
    const struct session *s = f->session;
    const char *url = request_url(f);
    bool own = f->path ? request_same_origin(url, f->url) : !f->redirect;
    CLEANUP_FREE char *header = f->path && own ? auth_header(&s->auth) : NULL;
    f->generation = s->auth.generation;
    f->asked = s->auth.kind;
    if (own)
        add_header(f, header ? header : f->authorization);
    if (own && f->path && s->certs.certificate) {
        curl_easy_setopt(f->job.easy, CURLOPT_SSLCERT, s->certs.certificate);
        curl_easy_setopt(f->job.easy, CURLOPT_SSLKEY, s->certs.key);
    }
}

static void set_trust(struct fetch *f)
{
    const struct session *s = f->session;
    CURL *c = f->job.easy;
    if (s->options->insecure) {
        curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (s->certs.authorities.length > 0) { /* the system's folder stays in force beside it */
        struct curl_blob blob = {s->certs.authorities.data, s->certs.authorities.length,
                                 CURL_BLOB_NOCOPY};
        curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob);
    }
}

static void set_limits(struct fetch *f)
{
    CURL *c = f->job.easy;
    double stall = f->session->options->stall_limit;
    long connect = stall < CONNECT_SECONDS ? (long)(stall * 1000) : CONNECT_SECONDS * 1000L;
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect > 0 ? connect : 1);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)LOW_SPEED_BYTES);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, stall < 1 ? 1L : (long)stall);
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_method(struct fetch *f)
{
    CURL *c = f->job.easy;
    if (strcmp(f->method, "HEAD") == 0)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    if (f->form)
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, f->form);
    if (f->content.have > 0 && !f->whole) {
        CLEANUP_FREE char *range = must_printf("%lld-", (long long)f->content.have);
        curl_easy_setopt(c, CURLOPT_RANGE, range);
    }
}

static void set_callbacks(struct fetch *f)
{
    CURL *c = f->job.easy;
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->fault);
}

bool request_prepare(struct fetch *f, struct error *e)
{
    if (!f->job.easy && !(f->job.easy = curl_easy_init()))
        return error_set(e, ERROR_RUN, "cannot prepare a request");
    if (f->path) { /* the scheme may have changed meanwhile */
        free(f->url);
        f->url =
            must_printf("%s://%s%s", f->session->scheme, api_host(f->session->registry), f->path);
    }
    curl_easy_reset(f->job.easy);
    curl_slist_free_all(f->headers);
    f->headers = NULL;
    head_clear(&f->head);
    text_clear(&f->refusal);
    f->begun = false;
    f->status = 0;
    f->fault[0] = '\0';
    add_header(f, f->accept);
    set_identity(f);
    set_trust(f);
    set_limits(f);
    set_method(f);
    set_callbacks(f);
    curl_easy_setopt(f->job.easy, CURLOPT_URL, request_url(f));
    curl_easy_setopt(f->job.easy, CURLOPT_USERAGENT, "plimsoll/" PLIMSOLL_VERSION);
    curl_easy_setopt(f->job.easy, CURLOPT_HTTPHEADER, f->headers);
    return true;
}
