/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/registry.h"
#include "harness/base/file.h"
#include "harness/layout.h"
#include "harness/registry/blobs.h"
#include "harness/registry/media_type.h"

#include <stdlib.h>
#include <string.h>

struct document { /* that was read, and is not in the store yet */
    const char *digest;
    char *bytes; /* heap */
    size_t length;
};

struct registry {
    const struct registry_options *options;
    const struct store *store;
    struct pool *pool;
    const struct reference *reference;
    struct session session;     /* once it is needed: http is set */
    struct descriptor top;      /* what the reference means; digest NULL: not asked yet */
    struct document *documents; /* heap */
    size_t document_count;
};

struct registry *registry_open(const struct registry_options *o, const struct store *store,
                               struct pool *pool, const struct reference *r, struct error *e)
{
    if (!r->registry || !r->repository) {
        error_set(e, ERROR_USAGE, "%s names no registry", r->text);
        return NULL;
    }
    struct registry *registry = must_calloc(1, sizeof *registry);
    *registry = (struct registry){.options = o, .store = store, .pool = pool, .reference = r};
    return registry;
}

void registry_close(struct registry *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->document_count; i++)
        free(r->documents[i].bytes);
    free(r->documents);
    session_close(&r->session);
    free(r);
}

/* ---- documents ---- */

static bool connect_to(struct registry *r, struct error *e)
{
    return r->session.http || session_open(&r->session, r->options, r->reference, e);
}

static void keep(struct registry *r, const char *digest, struct content *content)
{
    struct document *d = ARRAY_ADD(&r->documents, &r->document_count);
    d->digest = pool_intern(r->pool, digest);
    d->length = content->memory.length;
    d->bytes = text_take(&content->memory);
}

static const struct document *find_document(const struct registry *r, const char *digest)
{
    for (size_t i = 0; i < r->document_count; i++)
        if (strcmp(r->documents[i].digest, digest) == 0)
            return &r->documents[i];
    return NULL;
}

/* One document, kept under its digest. name: a tag or a digest. */
static bool get_document(struct registry *r, struct session_question *q, struct error *e)
{
    struct fetch f;
    if (!connect_to(r, e) || !session_ask(&r->session, q, &f, e))
        return false;
    q->ret_digest = pool_intern(r->pool, f.content.actual);
    q->ret_type = pool_intern(r->pool, f.head.content_type);
    q->ret_said = pool_intern(r->pool, f.head.digest);
    keep(r, q->ret_digest, &f.content);
    fetch_done(&f);
    return true;
}

static char *copy_of(const char *bytes, size_t length)
{
    char *copy = must_calloc(length + 1, 1);
    memcpy(copy, bytes, length);
    return copy;
}

static bool refuse_offline(const struct registry *r, const char *what, struct error *e)
{
    return error_set(e, ERROR_RUN,
                     "%s is not in the cache, and --offline says not to fetch it: run \"plimsoll "
                     "pull %s\" first",
                     what, r->reference->text + strlen("docker://"));
}

/* A blob that is not what its name says is taken away, so that it is fetched again. */
static bool drop_damaged(const struct registry *r, const char *digest, const char *why,
                         struct error *e)
{
    const struct registry_options *o = r->options;
    CLEANUP_FREE char *text = must_printf("blob %s in the cache is damaged: %s", digest, why);
    if (o->offline)
        return error_set(e, ERROR_RUN, "%s; without --offline it is fetched again", text);
    if (o->remark)
        o->remark(o->remark_data, text);
    return store_blob_discard(r->store, digest, e);
}

/* *ret NULL: it is not there, or not any more. */
static bool read_from_store(const struct registry *r, const struct descriptor *d, size_t limit,
                            char **ret, size_t *ret_length, struct error *e)
{
    struct layout layout = {.path = r->store->path};
    *ret = NULL;
    if (!store_has_blob(r->store, d->digest, BYTES_ANY_SIZE))
        return true;
    *ret = layout_read_blob(&layout, d->digest, d->size, limit, ret_length, e);
    if (*ret)
        return true;
    struct error damage = *e;
    *e = (struct error)ERROR_INIT;
    bool ok = drop_damaged(r, d->digest, damage.message, e);
    error_clear(&damage);
    return ok;
}

static bool fetch_document(struct registry *r, const struct descriptor *d, size_t limit,
                           struct error *e)
{
    bool manifest = media_type_is_manifest(d->media_type);
    CLEANUP_FREE char *what = must_printf("%s %s", manifest ? "manifest" : "config", d->digest);
    struct session_question q = {.what = what,
                                 .method = "GET",
                                 .kind = manifest ? "manifests" : "blobs",
                                 .name = d->digest,
                                 .digest = d->digest,
                                 .size = d->size,
                                 .limit = limit};
    return r->options->offline ? refuse_offline(r, what, e) : get_document(r, &q, e);
}

char *registry_read(struct registry *r, const struct descriptor *d, size_t limit,
                    size_t *ret_length, struct error *e)
{
    const struct document *kept = find_document(r, d->digest);
    char *stored = NULL;
    if (!kept && !read_from_store(r, d, limit, &stored, ret_length, e))
        return NULL;
    if (stored || (!kept && !fetch_document(r, d, limit, e)))
        return stored;
    kept = find_document(r, d->digest);
    *ret_length = kept->length;
    return copy_of(kept->bytes, kept->length);
}

/* ---- what the reference means ---- */

/* The media type of the top document: as served, unless that says nothing. */
static bool take_type(struct registry *r, const struct session_question *q, struct error *e)
{
    const struct document *d = find_document(r, q->ret_digest);
    if (!media_type_check(q->ret_type, d->bytes, d->length, e))
        return error_context(e, "%s", q->what);
    r->top.media_type = media_type_is_known(q->ret_type) ? q->ret_type : NULL;
    return true;
}

/* By tag or by digest, whatever the store has. */
static bool get_top(struct registry *r, struct error *e)
{
    const struct reference *ref = r->reference;
    const char *name = ref->digest ? ref->digest : ref->tag;
    CLEANUP_FREE char *what = must_printf("manifest %s", name);
    struct session_question q = {.what = what,
                                 .method = "GET",
                                 .kind = "manifests",
                                 .name = name,
                                 .digest = ref->digest,
                                 .size = BYTES_ANY_SIZE,
                                 .limit = MANIFEST_BYTES};
    if (!get_document(r, &q, e) || !take_type(r, &q, e))
        return false;
    if (q.ret_said && sha256_valid(q.ret_said) && strcmp(q.ret_said, q.ret_digest) != 0)
        return error_set(e, ERROR_RUN, "%s: registry %s says that its digest is %s, and it is %s",
                         what, ref->registry, q.ret_said, q.ret_digest);
    r->top.digest = q.ret_digest;
    r->top.size = (int64_t)find_document(r, q.ret_digest)->length;
    return true;
}

/* Whether the tag still means what it meant; no error is worth telling, since GET comes next. */
static bool is_unchanged(struct registry *r, const struct store_ref *known)
{
    struct fetch f;
    struct error ignored = ERROR_INIT;
    CLEANUP_FREE char *what = must_printf("manifest %s", r->reference->tag);
    struct session_question q = {.what = what,
                                 .method = "HEAD",
                                 .kind = "manifests",
                                 .name = r->reference->tag,
                                 .size = BYTES_ANY_SIZE,
                                 .limit = MANIFEST_BYTES,
                                 .silent = true};
    if (!connect_to(r, &ignored) || !session_ask(&r->session, &q, &f, &ignored)) {
        error_clear(&ignored);
        return false;
    }
    bool same = f.head.digest && strcmp(f.head.digest, known->digest) == 0;
    fetch_done(&f);
    return same;
}

static void take_known(struct registry *r, const struct store_ref *known)
{
    r->top = (struct descriptor){
        .digest = known->digest, .size = known->size, .media_type = known->media_type};
}

static bool resolve(struct registry *r, struct error *e)
{
    const struct reference *ref = r->reference;
    struct store_ref known;
    bool recalled = store_recall_ref(r->store, r->pool, ref->text, &known);
    if (!recalled && ref->digest) {
        known = (struct store_ref){ref->digest, NULL, BYTES_ANY_SIZE};
        recalled = true;
    }
    bool here = recalled && store_has_blob(r->store, known.digest, BYTES_ANY_SIZE);
    if (here && (ref->digest || r->options->offline || is_unchanged(r, &known))) {
        take_known(r, &known);
        return true;
    }
    if (r->options->offline)
        return refuse_offline(r, ref->text, e);
    return get_top(r, e);
}

bool registry_resolve(struct registry *r, struct descriptor *ret, struct error *e)
{
    if (!r->top.digest && !resolve(r, e))
        return false;
    *ret = r->top;
    return true;
}

/* ---- blobs ---- */

bool registry_fetch(struct registry *r, const struct descriptor *blobs, size_t count,
                    struct error *e)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (store_has_blob(r->store, blobs[i].digest, blobs[i].size))
            continue;
        CLEANUP_FREE char *what = must_printf("layer %s", blobs[i].digest);
        if (r->options->offline)
            return refuse_offline(r, what, e);
        any = true;
    }
    return !any || (connect_to(r, e) && blobs_fetch(&r->session, r->store, blobs, count, e));
}

/* ---- remembering ---- */

static bool publish(const struct registry *r, const struct document *d, struct error *e)
{
    struct store_blob b;
    if (!store_blob_start(r->store, d->digest, (int64_t)d->length, &b, e))
        return false;
    bool ok = b.fd < 0 || (file_write_all(b.fd, b.path, d->bytes, d->length, e) &&
                           store_blob_publish(r->store, &b, d->digest, e));
    store_blob_done(&b);
    return ok;
}

bool registry_commit(struct registry *r, struct error *e)
{
    for (size_t i = 0; i < r->document_count; i++)
        if (!publish(r, &r->documents[i], e))
            return false;
    struct store_ref now = {r->top.digest, r->top.media_type, r->top.size}, before;
    if (!now.digest || now.size < 0 ||
        (store_recall_ref(r->store, r->pool, r->reference->text, &before) &&
         strcmp(before.digest, now.digest) == 0))
        return true;
    return store_remember_ref(r->store, r->reference->text, &now, e);
}
