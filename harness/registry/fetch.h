/* SPDX-License-Identifier: Apache-2.0 */
/* One resource of a registry, fetched with patience: authentication, redirects, resumption after a
 * cut, retries with growing pauses. Runs beside others in the session's loop. */
#pragma once
#include "harness/registry/auth.h"
#include "harness/registry/certs.h"
#include "harness/registry/content.h"
#include "harness/registry/http.h"
#include "harness/registry/registry.h"

struct session { /* with one registry, about one repository */
    const struct registry_options *options;
    struct http *http;
    const char *registry, *repository; /* borrowed */
    const char *scheme;                /* "https", or "http" where that is allowed and needed */
    bool heard;                        /* the registry has answered once */
    struct certs certs;
    struct auth auth;
    struct fetch *waiting; /* for a token */
    struct fetch *token;   /* that is being fetched; NULL: none is */
};

struct fetch {
    /* set by the owner */
    struct session *session;
    const char *method;  /* "GET", "HEAD", "POST" */
    const char *accept;  /* a whole header; NULL: none */
    char *path;          /* below the registry's root, owned; NULL: url is elsewhere */
    char *url;           /* owned */
    char *form;          /* of POST, owned, a secret */
    char *authorization; /* a whole header for url, owned, a secret; NULL: the session's */
    struct content content;
    bool silent; /* no step of recovery: whoever asked knows another way */
    void (*done)(struct fetch *f);
    void (*arrived)(struct fetch *f, size_t n); /* NULL: nobody counts bytes */
    void *data;
    /* the outcome: error not set and status 200 */
    struct error error;
    long status;
    struct head head;
    /* fetch's own */
    struct http_job job;
    struct fetch *next_waiting;
    struct curl_slist *headers;
    struct text refusal; /* the body of any other status */
    char *redirect;      /* where it is fetched from instead */
    unsigned redirects, failures, refusals, generation;
    int64_t mark;         /* bytes there were when a failure was last forgiven */
    enum auth_kind asked; /* how the last attempt was made */
    bool begun;           /* the body has */
    bool whole;           /* no ranges any more */
    char fault[CURL_ERROR_SIZE];
};

void fetch_start(struct fetch *f) NONNULL;
/* Ends it without calling done. */
void fetch_cancel(struct fetch *f) NONNULL;
void fetch_done(struct fetch *f) NONNULL;

/* ---- between the files of this folder ---- */

/* Makes the easy handle ready for the next attempt (request.c). */
bool request_prepare(struct fetch *f, struct error *e) NONNULL MUST_CHECK;
/* Where the attempt goes; "https://host/path" without query and user for people. */
const char *request_url(const struct fetch *f) NONNULL;
char *request_shown_url(const char *url) NONNULL MUST_CHECK;
/* Whether two URLs have scheme, host and port in common. */
bool request_same_origin(const char *a, const char *b) NONNULL;
/* "https://me:secret@host/": whoever gives us such a URL knows more of us than he should. */
bool request_names_user(const char *url) NONNULL;

/* Sets the fetch's error from an answer, or from a transfer that failed (explain.c). */
void explain_status(struct fetch *f) NONNULL;
void explain_failure(struct fetch *f, CURLcode result) NONNULL;

/* Goes on with the token that there is, however soon it expires: a server that gives such ones
 * gets no second question. */
void fetch_resume(struct fetch *f) NONNULL;

/* Lets the fetch wait for a token and fetches one, then goes on with all that wait (token.c). */
void token_wait(struct fetch *f) NONNULL;
/* Ends the fetching of a token; nothing to do when there is none. Nobody may wait for it. */
void token_cancel(struct session *s) NONNULL;
