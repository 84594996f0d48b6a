/* SPDX-License-Identifier: Apache-2.0 */
/* oci:DIR and oci-archive:FILE, an OCI image layout in a directory or in a tar file. */
#include "harness/base/text.h"
#include "harness/oci_image.h"

#include <string.h>

/* ---- which of index.json's ---- */

static bool is_wanted(const struct descriptor *d, const struct reference *r)
{
    if (r->digest)
        return strcmp(d->digest, r->digest) == 0;
    return !r->tag || (d->ref_name && strcmp(d->ref_name, r->tag) == 0);
}

static char *list_tags(const struct index_document *index)
{
    struct text t = TEXT_INIT;
    for (size_t i = 0; i < index->count && t.length < 500; i++) {
        const char *name = index->items[i].ref_name;
        if (!name || index->items[i].attestation)
            continue;
        text_add(&t, t.length > 0 ? ", " : "");
        text_add_printable(&t, name, strlen(name));
    }
    return text_take(&t);
}

static bool has_several_tags(const struct index_document *index)
{
    const char *first = NULL;
    for (size_t i = 0; i < index->count; i++) {
        const char *name = index->items[i].ref_name;
        if (first && name && strcmp(first, name) != 0)
            return true;
        first = first ? first : name;
    }
    return false;
}

static bool offer_wanted(struct pool *pool, const struct layout *layout,
                         const struct index_document *index, const struct reference *r,
                         struct offers *ret, struct error *e)
{
    for (size_t i = 0; i < index->count; i++)
        if ((r->index == REFERENCE_NO_INDEX || (size_t)r->index == i) &&
            is_wanted(&index->items[i], r) &&
            !oci_image_offer(pool, layout, &index->items[i], ret, e))
            return false;
    if (ret->count > 0 || !r->digest)
        return true;
    struct descriptor direct = {.digest = r->digest, .size = BYTES_ANY_SIZE};
    return oci_image_offer(pool, layout, &direct, ret, e);
}

static bool check_choice(const struct index_document *index, const struct reference *r,
                         const struct offers *offers, struct error *e)
{
    CLEANUP_FREE char *tags = list_tags(index);
    if (!r->tag && !r->digest && r->index == REFERENCE_NO_INDEX && has_several_tags(index))
        return error_set(e, ERROR_RUN, "%s holds several images: choose one by :TAG (%s)", r->path,
                         tags);
    if (offers->count > 0)
        return true;
    return error_set(e, ERROR_RUN, "no image %s%s in %s%s%s", r->tag ? r->tag : "",
                     r->digest ? r->digest : "", r->path, *tags ? ", which has " : "", tags);
}

static bool offer(struct pool *pool, const struct layout *layout, const struct reference *r,
                  struct offers *ret, struct error *e)
{
    size_t length;
    struct index_document index;
    CLEANUP_FREE char *json = layout_read(layout, "index.json", MANIFEST_BYTES, &length, e);
    if (!json)
        return error_context(e, "%s is not an OCI layout", r->path);
    if (!index_parse(pool, json, length, &index, e))
        return error_context(e, "index.json");
    return offer_wanted(pool, layout, &index, r, ret, e) && check_choice(&index, r, ret, e);
}

const struct transport transport_oci = {.name = "oci", .offer = offer, .load = oci_image_load};
const struct transport transport_oci_archive = {
    .name = "oci-archive", .archive = true, .offer = offer, .load = oci_image_load};
