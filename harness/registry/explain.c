/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals and failures in words: who, what, why, and what to do next. */
#include "harness/registry/fault.h"
#include "harness/registry/fetch.h"

#include <stdlib.h>
#include <string.h>

static const char *reason(long status)
{
    static const struct {
        long status;
        const char *reason;
    } reasons[] = {{400, "Bad Request"},        {401, "Unauthorized"},
                   {403, "Forbidden"},          {404, "Not Found"},
                   {405, "Method Not Allowed"}, {406, "Not Acceptable"},
                   {408, "Request Timeout"},    {416, "Range Not Satisfiable"},
                   {429, "Too Many Requests"},  {500, "Internal Server Error"},
                   {502, "Bad Gateway"},        {503, "Service Unavailable"},
                   {504, "Gateway Timeout"}};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "an unusual answer";
}

/* "registry HOST", "HOST, to which registry HOST redirects", "token server URL of registry HOST".
 */
static char *name_server(const struct fetch *f)
{
    const char *registry = f->session->registry;
    CLEANUP_FREE char *url = request_shown_url(request_url(f));
    if (!f->path)
        return must_printf("token server %s of registry %s", url, registry);
    if (f->redirect && !request_same_origin(f->redirect, f->url))
        return must_printf("%s (a redirect of registry %s)", url, registry);
    return must_printf("registry %s", registry);
}

static bool is_foreign(const struct fetch *f)
{
    return f->path && f->redirect && !request_same_origin(f->redirect, f->url);
}

/* ---- answers ---- */

static void next_step_of_denial(const struct fetch *f, struct text *t)
{
    const struct session *s = f->session;
    if (is_foreign(f))
        text_add(t, "try again later");
    else if (s->auth.found.found)
        text_printf(t,
                    "log in again with \"skopeo login %s\"; the account may not pull it, or "
                    "there is no such image",
                    s->registry);
    else
        text_printf(t,
                    "log in with \"skopeo login %s\" or give --authfile FILE, if the name is "
                    "right",
                    s->registry);
}

static void next_step_of_limit(const struct fetch *f, struct text *t)
{
    curl_off_t seconds = 0;
    CLEANUP_FREE char *rate = head_rate_text(&f->head);
    curl_easy_getinfo(f->job.easy, CURLINFO_RETRY_AFTER, &seconds);
    text_printf(t, "its rate limit is reached%s%s%s: ", *rate ? " (" : "", rate, *rate ? ")" : "");
    if (seconds > 0)
        text_printf(t, "try again in %lld seconds", (long long)seconds);
    else
        text_add(t, "try again later");
    if (!f->session->auth.found.found)
        text_printf(t, ", or log in with \"skopeo login %s\": an account may ask more often",
                    f->session->registry);
}

static void next_step(const struct fetch *f, struct text *t)
{
    if (f->status == 401 || f->status == 403)
        next_step_of_denial(f, t);
    else if (f->status == 404)
        text_add(t, "check the name and the tag");
    else if (f->status == 429)
        next_step_of_limit(f, t);
    else if (f->status >= 500)
        text_add(t, "try again later, or use what is in the cache with --offline");
    else
        text_add(t, "is this a registry?");
}

void explain_status(struct fetch *f)
{
    CLEANUP_TEXT struct text t = TEXT_INIT, fault = TEXT_INIT;
    CLEANUP_FREE char *server = name_server(f), *asked = auth_describe(&f->session->auth);
    text_printf(&t, "%s: %s answered %ld %s", f->content.what, server, f->status,
                reason(f->status));
    fault_describe(text_get(&f->refusal), f->refusal.length, &fault);
    if (fault.length > 0)
        text_printf(&t, " (%s)", fault.data);
    if (f->failures > 0)
        text_printf(&t, " %u times", f->failures + 1);
    if (!is_foreign(f))
        text_printf(&t, ", %s", asked);
    text_add(&t, ": ");
    next_step(f, &t);
    error_set(&f->error, ERROR_RUN, "%s", t.data);
}

/* ---- failures ---- */

/* In TLS 1.3 a server that wants a certificate hangs up after the handshake, and whether its alert
 * is still read is a matter of luck. */
static bool may_want_certificate(const struct fetch *f, CURLcode result)
{
    const struct session *s = f->session;
    bool hung_up = result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR;
    return hung_up && !s->heard && !s->certs.certificate && strcmp(s->scheme, "https") == 0;
}

static const char *remedy(const struct fetch *f, CURLcode result)
{
    if (may_want_certificate(f, result))
        return "try again later; a registry that wants to see a certificate is given it by "
               "--cert-dir DIR, as NAME.cert and NAME.key";
    switch (result) {
    case CURLE_PEER_FAILED_VERIFICATION:
        return "give the CA of a private registry by --cert-dir DIR, which holds it as NAME.crt; "
               "--tls-verify=false trusts anybody";
    case CURLE_SSL_CONNECT_ERROR:
        return "if it speaks plain HTTP, or asks for a certificate, say --tls-verify=false or give "
               "--cert-dir DIR";
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return "check the files of --cert-dir or of certs.d";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return "check the name and the network (https_proxy, no_proxy), or use what is in the "
               "cache with --offline";
    case CURLE_OPERATION_TIMEDOUT:
        return "try again later, or allow more by --stall-limit SECONDS";
    default:
        return "try again later, or use what is in the cache with --offline";
    }
}

void explain_failure(struct fetch *f, CURLcode result)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    CLEANUP_FREE char *server = name_server(f);
    const char *detail = *f->fault ? f->fault : curl_easy_strerror(result);
    if (result == CURLE_OUT_OF_MEMORY) /* libcurl's word for a header line of more than 100 KiB */
        detail = "a line of its answer does not end";
    text_printf(&t, "%s: cannot fetch it from %s", f->content.what, server);
    if (f->failures > 0)
        text_printf(&t, " in %u attempts", f->failures + 1);
    text_add(&t, " (");
    text_add_printable(&t, detail, strlen(detail));
    text_printf(&t, "): %s", remedy(f, result));
    error_set(&f->error, ERROR_RUN, "%s", t.data);
}
