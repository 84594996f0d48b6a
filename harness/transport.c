/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/transport.h"
#include "harness/base/text.h"
#include "harness/elf.h"
#include "harness/engine_archive.h"
#include "harness/facts.h"
#include "harness/offer.h"
#include "harness/registry/registry.h"
#include "harness/tree.h"

#include <stdlib.h>
#include <string.h>

static const struct transport *const transports[] = {&transport_rootfs,
                                                     &transport_tar,
                                                     &transport_oci,
                                                     &transport_oci_archive,
                                                     &transport_docker_archive,
                                                     &transport_docker,
                                                     &transport_dir,
                                                     &transport_docker_daemon,
                                                     &transport_containers_storage};
enum { TRANSPORT_COUNT = sizeof transports / sizeof *transports, PIN_TRIES = 3 };

struct opening { /* of one reference */
    struct pool *pool;
    const struct image_request *request;
    struct reference reference;
    const struct transport *transport;
    struct layout layout;
    struct engine_archive archive;
    struct registry_options registry;
    struct store store; /* opened when it is first needed */
    struct offers offers;
    struct image *images; /* heap; moved to the run when all is well */
    size_t image_count;
};

/* ---- choosing ---- */

static bool is_requested(const struct image_request *r, const struct platform *p)
{
    for (size_t i = 0; i < r->platform_count; i++)
        if (r->platforms[i] == p)
            return true;
    return false;
}

static bool is_requested_before(const struct image_request *r, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (r->platforms[i] == r->platforms[index])
            return true;
    return false;
}

static const struct offer *find_offer(const struct offers *o, const struct platform *p)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->items[i].platform_text && (p ? o->items[i].platform == p : !!o->items[i].platform))
            return &o->items[i];
    return NULL;
}

static bool no_such_platform(const struct opening *o, const char *wanted, struct error *e)
{
    CLEANUP_TEXT struct text has = TEXT_INIT;
    for (size_t i = 0; i < o->offers.count && has.length < 500; i++)
        text_printf(&has, "%s%s", i > 0 ? ", " : "", o->offers.items[i].platform_text);
    return error_set(e, ERROR_RUN, "no image for %s: there is %s", wanted, text_get(&has));
}

static bool open_offer(struct opening *o, const struct offer *offer, struct error *e);

/* One offer a platform: the first, as the OCI image spec says. */
static bool open_all(struct opening *o, struct error *e)
{
    size_t before = o->image_count;
    for (size_t i = 0; i < platform_count; i++) {
        const struct offer *offer = find_offer(&o->offers, &platforms[i]);
        if (offer && !open_offer(o, offer, e))
            return false;
    }
    return o->image_count > before || no_such_platform(o, "any platform of ours", e);
}

static bool open_requested(struct opening *o, struct error *e)
{
    const struct image_request *r = o->request;
    for (size_t i = 0; i < r->platform_count; i++) {
        const struct offer *offer = find_offer(&o->offers, r->platforms[i]);
        if (is_requested_before(r, i))
            continue;
        if (!offer)
            return no_such_platform(o, r->platforms[i]->name, e);
        if (!open_offer(o, offer, e))
            return false;
    }
    return true;
}

static bool open_one(struct opening *o, struct error *e)
{
    const struct platform *host = platform_of_host();
    const struct offer *offer = host ? find_offer(&o->offers, host) : NULL;
    if (!offer)
        offer = find_offer(&o->offers, NULL);
    return offer ? open_offer(o, offer, e) : no_such_platform(o, "any platform of ours", e);
}

static bool open_chosen(struct opening *o, struct error *e)
{
    if (!o->offers.items[0].platform_text)
        return open_offer(o, &o->offers.items[0], e);
    if (o->request->all_platforms)
        return open_all(o, e);
    return o->request->platform_count > 0 ? open_requested(o, e) : open_one(o, e);
}

/* ---- one image ---- */

/* A bare root says only by its files what it is for. */
static const struct platform *find_platform(struct opening *o, const char *root, struct error *e)
{
    const struct image_request *r = o->request;
    CLEANUP_CLOSE int fd = tree_open_root(root, e);
    if (fd < 0)
        return NULL;
    struct elf_votes votes = elf_vote(fd);
    if (votes.platform && r->platform_count > 0 && !is_requested(r, votes.platform)) {
        error_set(e, ERROR_RUN, "its programs are for %s, not for %s", votes.platform->name,
                  r->platforms[0]->name);
        return NULL;
    }
    if (votes.platform)
        return votes.platform;
    if (votes.files == 0 && r->platform_count == 1)
        return r->platforms[0];
    error_set(e, ERROR_RUN,
              votes.files > 0 ? "its programs are for none of the platforms supported"
                              : "it holds no program that tells its platform: give one --platform");
    return NULL;
}

static void remark_damage(const struct opening *o, const struct contents *c)
{
    char chain[SHA256_TEXT_SIZE];
    unpack_chain_of(c->layers, c->layer_count, chain);
    CLEANUP_FREE char *fault = *chain ? store_root_fault(&o->store, chain) : NULL;
    if (!fault || !o->request->remark)
        return;
    CLEANUP_FREE char *text =
        must_printf("the unpacked root %s in the cache is made again: %s", chain, fault);
    o->request->remark(text, o->request->remark_data);
}

static const struct layer_limits *limits_of(const struct opening *o)
{
    return o->request->limits ? o->request->limits : &layer_default_limits;
}

static bool has_root(const struct opening *o, const struct contents *c)
{
    char chain[SHA256_TEXT_SIZE];
    unpack_chain_of(c->layers, c->layer_count, chain);
    CLEANUP_FREE char *root = store_root(&o->store, chain);
    return root != NULL;
}

/* What is too much unpacked is too much packed, and is not even fetched. */
static bool check_sizes(const struct opening *o, const struct contents *c, struct error *e)
{
    const struct layer_limits *l = limits_of(o);
    uint64_t left = l->bytes;
    for (size_t i = 0; i < c->layer_count; i++) {
        uint64_t size = (uint64_t)c->layers[i].size;
        if (size > left)
            return layer_limits_error(l, "bytes", "the packed layers are said to be larger", e);
        left -= size;
    }
    return true;
}

static bool fetch_blobs(struct opening *o, const struct contents *c, struct error *e)
{
    if (!check_sizes(o, c, e))
        return false;
    struct descriptor *blobs = pool_alloc(o->pool, (c->layer_count + 1) * sizeof *blobs);
    for (size_t i = 0; i < c->layer_count; i++)
        blobs[i] = (struct descriptor){.digest = c->layers[i].digest, .size = c->layers[i].size};
    return layout_fetch(&o->layout, blobs, c->layer_count, e);
}

static bool fetch_archive(struct opening *o, struct contents *c, struct error *e)
{
    const char *name = reference_rest(o->reference.text);
    engine_archive_done(&o->archive);
    if (!engine_archive_fetch(o->layout.engine, &o->store, o->pool, name, c, &o->archive, e))
        return false;
    o->layout.path = o->archive.path ? o->archive.path : o->layout.path;
    o->layout.archive = true;
    return true;
}

/* What is not here is fetched only when it is needed: the root may be there from another image. */
static bool fetch_layers(struct opening *o, struct contents *c, struct error *e)
{
    if ((!o->layout.remote && !o->layout.engine) || has_root(o, c))
        return true;
    return o->layout.remote ? fetch_blobs(o, c, e) : fetch_archive(o, c, e);
}

/* Between unpacking and pinning another process may take the root away: then once more. */
static char *unpack_and_pin(struct opening *o, struct contents *c, char chain[SHA256_TEXT_SIZE],
                            struct error *e)
{
    char *root = NULL;
    for (int i = 0; i < PIN_TRIES; i++) {
        if (!fetch_layers(o, c, e))
            return NULL;
        root = unpack_root(&o->store, o->pool, &o->layout, limits_of(o), c->layers, c->layer_count,
                           chain, e);
        if (!root || !o->request->pins || store_pin(&o->store, chain, o->request->pins))
            return root;
        free(root);
    }
    error_set(e, ERROR_RUN, "the root is taken out of the cache %s as often as it is put there",
              o->store.path);
    return NULL;
}

/* After a failure: takes damaged blobs of the layers out of the store; whether there was one. */
static bool discard_damaged(struct opening *o, const struct contents *c)
{
    bool any = false;
    for (size_t i = 0; o->layout.remote && i < c->layer_count; i++) {
        const char *digest = c->layers[i].digest;
        struct error ignored = ERROR_INIT; /* then the failure stands */
        char *why = NULL;
        if (!store_has_blob(&o->store, digest, BYTES_ANY_SIZE) ||
            store_blob_verify(&o->store, digest, &why))
            continue;
        CLEANUP_FREE char *text =
            must_printf("the blob %s in the cache is damaged, and fetched again: %s", digest, why);
        free(why);
        if (o->request->remark)
            o->request->remark(text, o->request->remark_data);
        any |= store_blob_discard(&o->store, digest, &ignored);
        error_clear(&ignored);
    }
    return any;
}

static char *unpack_or_mend(struct opening *o, struct contents *c, char chain[SHA256_TEXT_SIZE],
                            struct error *e)
{
    char *root = unpack_and_pin(o, c, chain, e);
    if (root || !discard_damaged(o, c))
        return root;
    error_clear(e);
    return unpack_and_pin(o, c, chain, e);
}

static bool open_store(struct opening *o, struct error *e)
{
    return o->store.path || store_open(&o->store, o->request->cache_dir, e);
}

static bool find_root(struct opening *o, struct contents *c, struct image *image, struct error *e)
{
    image->root = c->directory;
    if (c->directory)
        return true;
    char chain[SHA256_TEXT_SIZE];
    if (!open_store(o, e))
        return false;
    remark_damage(o, c);
    CLEANUP_FREE char *root = unpack_or_mend(o, c, chain, e);
    if (!root)
        return false;
    image->root = pool_intern(o->pool, root);
    image->chain_id = pool_intern(o->pool, chain);
    return true;
}

/* For `plimsoll cache`; a cache that cannot be written to serves as well. */
static void note_use(const struct opening *o, const struct image *image)
{
    struct error ignored = ERROR_INIT;
    struct store_image note = {image->reference, image->platform->name, image->manifest_digest,
                               image->chain_id};
    if (image->chain_id && !store_note_image(&o->store, &note, &ignored))
        error_clear(&ignored);
}

static void take_layers(const struct contents *c, struct image *image)
{
    for (size_t i = 0; i < c->layer_count; i++) {
        if (c->layers[i].digest)
            *ARRAY_ADD(&image->layer_digests, &image->layer_count) = c->layers[i].digest;
        *ARRAY_ADD(&image->diff_ids, &image->diff_id_count) = c->layers[i].diff_id;
    }
}

static void take_config(const struct contents *c, struct image *image)
{
    image->manifest_digest = c->manifest_digest;
    image->config_digest = c->config_digest;
    image->user = c->config.user;
    for (size_t i = 0; i < c->config.environment_count; i++)
        *ARRAY_ADD(&image->environment, &image->environment_count) = c->config.environment[i];
    for (size_t i = 0; i < c->config.label_count; i++)
        *ARRAY_ADD(&image->labels, &image->label_count) = c->config.labels[i];
}

static bool read_facts(const struct opening *o, struct image *image, struct error *e)
{
    return o->request->memo ? facts_read_once(o->request->memo, o->pool, image, e)
                            : facts_read(o->pool, image, e);
}

static bool open_offer(struct opening *o, const struct offer *offer, struct error *e)
{
    struct contents contents;
    if (!o->transport->load(o->pool, &o->layout, offer, &contents, e))
        return false;
    struct image *image = ARRAY_ADD(&o->images, &o->image_count);
    const char *name = o->request->name ? o->request->name : o->reference.text;
    image->name = pool_intern(o->pool, name);
    image->reference = o->reference.text;
    image->index_digest = offer->index_digest;
    take_config(&contents, image);
    if (o->request->fetch_only && o->layout.remote) {
        image->platform = offer->platform;
        return fetch_blobs(o, &contents, e);
    }
    if (!find_root(o, &contents, image, e))
        return false;
    take_layers(&contents, image);
    image->platform = offer->platform_text ? offer->platform : find_platform(o, image->root, e);
    if (!image->platform || !read_facts(o, image, e))
        return false;
    note_use(o, image);
    return true;
}

/* ---- one reference ---- */

static const struct transport *find_transport(const char *name)
{
    for (size_t i = 0; i < TRANSPORT_COUNT; i++)
        if (strcmp(transports[i]->name, name) == 0)
            return transports[i];
    return NULL;
}

static void pass_remark(void *data, const char *text)
{
    const struct image_request *r = data;
    if (r->remark)
        r->remark(text, r->remark_data);
}

static bool open_remote(struct opening *o, struct error *e)
{
    static const struct registry_options defaults = REGISTRY_OPTIONS_INIT;
    o->registry = o->request->registry ? *o->request->registry : defaults;
    o->registry.remark = pass_remark;
    o->registry.remark_data = (void *)o->request;
    if (!open_store(o, e))
        return false;
    o->layout.path = o->store.path;
    o->layout.remote = registry_open(&o->registry, &o->store, o->pool, &o->reference, e);
    return o->layout.remote != NULL;
}

static bool open_engine(struct opening *o, struct error *e)
{
    o->layout.engine = engine_open(o->transport->name, e);
    return o->layout.engine != NULL;
}

static bool open_reference(struct opening *o, struct error *e)
{
    o->transport = find_transport(o->reference.transport);
    if (!o->transport)
        return error_set(e, ERROR_USAGE, "%s: is not supported yet: copy it by skopeo to oci:DIR",
                         o->reference.transport);
    o->layout = (struct layout){
        .path = o->reference.path, .archive = o->transport->archive, .flat = o->transport->flat};
    if ((o->transport->remote && !open_remote(o, e)) ||
        (o->transport->engine && !open_engine(o, e)))
        return false;
    return o->transport->offer(o->pool, &o->layout, &o->reference, &o->offers, e) &&
           open_chosen(o, e) && (!o->layout.remote || registry_commit(o->layout.remote, e));
}

static void free_images(struct opening *o)
{
    for (size_t i = 0; i < o->image_count; i++) {
        struct image *image = &o->images[i];
        free(image->layer_digests);
        free(image->diff_ids);
        free(image->environment);
        free(image->labels);
        free(image->facts);
    }
}

/* Foreign names and texts are part of many messages: whatever they hold, it is only text. */
static void make_printable(struct error *e)
{
    struct text t = TEXT_INIT;
    size_t left = strlen(e->message);
    for (const char *p = e->message; left > 0;) {
        size_t n = text_printable_length(p, left);
        if (n > 0)
            text_add_n(&t, p, n);
        else
            text_printf(&t, "\\x%02x", (unsigned char)*p);
        n += n == 0;
        p += n;
        left -= n;
    }
    free(e->message);
    e->message = text_take(&t);
}

bool image_open(struct run *run, const struct image_request *request, struct error *e)
{
    struct opening o = {.pool = run->pool, .request = request};
    if (!reference_parse(run->pool, request->reference, &o.reference, e))
        return false;
    bool ok = open_reference(&o, e);
    if (!ok) {
        error_context(e, "%s", request->reference);
        make_printable(e);
        free_images(&o);
    }
    for (size_t i = 0; ok && i < o.image_count; i++)
        *ARRAY_ADD(&run->images, &run->image_count) = o.images[i];
    free(o.images);
    free(o.offers.items);
    engine_archive_done(&o.archive);
    engine_close(o.layout.engine);
    registry_close(o.layout.remote);
    store_close(&o.store);
    return ok;
}
