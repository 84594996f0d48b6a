/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/blobs.h"

#include <stdlib.h>
#include <string.h>

enum { TRANSFERS = 6 }; /* at a time */

struct transfer { /* of one blob */
    struct batch *batch;
    const struct descriptor *descriptor;
    char *what;
    struct store_blob blob;
    struct fetch fetch;
    bool started;
};

struct batch {
    struct session *session;
    const struct store *store;
    struct transfer *items; /* by digest */
    size_t count;
    size_t next;       /* to be started */
    int64_t done, all; /* bytes */
    struct error *error;
};

static int by_digest(const void *a, const void *b)
{
    const struct transfer *ta = a, *tb = b;
    return strcmp(ta->descriptor->digest, tb->descriptor->digest);
}

/* Each digest once, in the order in which blobs are locked. */
static void list_missing(struct batch *b, const struct descriptor *blobs, size_t count)
{
    b->items = must_calloc(count, sizeof *b->items);
    for (size_t i = 0; i < count; i++) {
        bool listed = false;
        for (size_t k = 0; k < b->count; k++)
            listed |= strcmp(b->items[k].descriptor->digest, blobs[i].digest) == 0;
        if (!listed)
            b->items[b->count++] =
                (struct transfer){.batch = b, .descriptor = &blobs[i], .blob = {.fd = -1}};
    }
    qsort(b->items, b->count, sizeof *b->items, by_digest);
}

static bool lock_all(struct batch *b, struct error *e)
{
    for (size_t i = 0; i < b->count; i++) {
        struct transfer *t = &b->items[i];
        if (!store_blob_start(b->store, t->descriptor->digest, t->descriptor->size, &t->blob, e))
            return false;
        if (t->blob.fd >= 0)
            b->all += t->descriptor->size;
        else
            store_blob_done(&t->blob); /* it is there: nobody need wait for us */
    }
    return true;
}

/* ---- running ---- */

static void tell(const struct batch *b)
{
    const struct registry_events *v = &b->session->options->events;
    if (v->progress)
        v->progress(v->data, (uint64_t)b->done, (uint64_t)b->all);
}

static void when_arrived(struct fetch *f, size_t n)
{
    struct transfer *t = f->data;
    t->batch->done += (int64_t)n;
    tell(t->batch);
}

static void start_next(struct batch *b);

static void stop_all(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].started)
            fetch_cancel(&b->items[i].fetch);
    token_cancel(b->session);
    b->next = b->count;
}

static void when_fetched(struct fetch *f)
{
    struct transfer *t = f->data;
    struct batch *b = t->batch;
    if (error_is_set(&f->error) && !error_is_set(b->error)) {
        *b->error = f->error;
        f->error = (struct error)ERROR_INIT;
        stop_all(b);
    }
    start_next(b);
}

static void start(struct transfer *t)
{
    const struct descriptor *d = t->descriptor;
    t->what = must_printf("layer %s", d->digest);
    struct session_question q = {.what = t->what,
                                 .method = "GET",
                                 .kind = "blobs",
                                 .name = d->digest,
                                 .digest = d->digest,
                                 .size = d->size};
    session_prepare(t->batch->session, &q, &t->fetch);
    t->fetch.content.fd = t->blob.fd;
    t->fetch.done = when_fetched;
    t->fetch.arrived = when_arrived;
    t->fetch.data = t;
    t->started = true;
    fetch_start(&t->fetch);
}

static void start_next(struct batch *b)
{
    while (b->next < b->count) {
        struct transfer *t = &b->items[b->next++];
        if (t->blob.fd < 0)
            continue;
        start(t);
        return;
    }
}

static bool publish_all(struct batch *b, struct error *e)
{
    for (size_t i = 0; i < b->count; i++) {
        struct transfer *t = &b->items[i];
        if (t->blob.fd >= 0 && !store_blob_publish(b->store, &t->blob, t->descriptor->digest, e))
            return false;
    }
    return true;
}

static bool run(struct batch *b, struct error *e)
{
    tell(b);
    for (size_t i = 0; i < TRANSFERS; i++)
        start_next(b);
    http_run(b->session->http);
    return !error_is_set(e) && publish_all(b, e);
}

bool blobs_fetch(struct session *s, const struct store *store, const struct descriptor *blobs,
                 size_t count, struct error *e)
{
    struct batch b = {.session = s, .store = store, .error = e};
    list_missing(&b, blobs, count);
    bool ok = lock_all(&b, e) && run(&b, e);
    for (size_t i = 0; i < b.count; i++) {
        struct transfer *t = &b.items[i];
        if (t->started)
            fetch_done(&t->fetch);
        store_blob_done(&t->blob);
        free(t->what);
    }
    free(b.items);
    return ok;
}
