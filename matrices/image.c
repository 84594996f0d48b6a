/* SPDX-License-Identifier: Apache-2.0 */
/* `images`, `platforms` and `flavors` of a matrix file. */
#include "harness/base/nearest.h"
#include "matrices/matrix_data.h"

#include <stdlib.h>
#include <string.h>

static void unknown_name(struct faults *faults, const struct node *node, const char *what,
                         const struct nearest *nearest)
{
    CLEANUP_FREE char *hint = nearest_hint(nearest);
    faults_add(faults, &node->at, "unknown %s \"%s\"%s", what, node->text, hint);
}

static bool is_list_of_texts(const struct node *list, const char *what, struct faults *faults)
{
    bool good = list->kind == NODE_LIST && list->first;
    if (!good)
        faults_add(faults, &list->at, "%s must be a list of names", what);
    for (const struct node *n = list->first; good && n; n = n->next) {
        if (n->kind == NODE_SCALAR)
            continue;
        faults_add(faults, &n->at, "a name must be a text, this is %s", node_kind_name(n->kind));
        good = false;
    }
    return good;
}

static void read_platforms(const struct node *list, struct faults *faults,
                           const struct platform ***items, size_t *count)
{
    if (!is_list_of_texts(list, "platforms", faults))
        return;
    *count = 0;
    for (const struct node *n = list->first; n; n = n->next) {
        const struct platform *p = platform_by_name(n->text);
        struct nearest nearest = {.word = n->text};
        for (size_t i = 0; i < platform_count && !p; i++)
            nearest_offer(&nearest, platforms[i].name);
        if (!p) {
            unknown_name(faults, n, "platform", &nearest);
            continue;
        }
        bool there = false;
        for (size_t i = 0; i < *count; i++)
            there |= (*items)[i] == p;
        if (there)
            faults_add(faults, &n->at, "%s is there twice", p->name);
        else
            *ARRAY_ADD(items, count) = p;
    }
}

void matrix_read_platforms(struct matrix *m, const struct node *list, struct faults *faults)
{
    read_platforms(list, faults, &m->platforms, &m->platform_count);
}

void matrix_read_flavors(struct matrix *m, const struct node *list, struct faults *faults)
{
    if (!is_list_of_texts(list, "flavors", faults))
        return;
    m->flavor_count = 0;
    for (const struct node *n = list->first; n; n = n->next) {
        enum flavor flavor;
        struct nearest nearest = {.word = n->text};
        for (int f = 0; f < FLAVOR_COUNT; f++)
            nearest_offer(&nearest, flavor_name((enum flavor)f));
        if (!flavor_parse(n->text, &flavor) || flavor == FLAVOR_NONE)
            unknown_name(faults, n, "flavor", &nearest);
        else
            *ARRAY_ADD(&m->flavors, &m->flavor_count) = flavor;
    }
}

static struct matrix_image *image_of(struct matrix *m, const struct node *node)
{
    for (size_t i = 0; i < m->image_count; i++)
        if (strcmp(m->images[i].name, node->key->text) == 0)
            return &m->images[i];
    struct matrix_image *image = ARRAY_ADD(&m->images, &m->image_count);
    image->name = image->reference = node->key->text;
    image->at = position_text(m->pool, &node->key->at);
    return image;
}

static void read_pin(struct matrix *m, struct matrix_image *image, const struct node *node,
                     struct faults *faults)
{
    if (node->kind != NODE_SCALAR || !*node->text || strchr("!<>", node->text[0])) {
        faults_add(faults, &node->at, "a pinned fact has one value, no list and no condition");
        return;
    }
    const char *check = fact_check(m->pool, node->key->text);
    struct matrix_pin *pin = NULL;
    for (size_t i = 0; i < image->pin_count; i++)
        if (strcmp(image->pins[i].check, check) == 0)
            pin = &image->pins[i];
    if (!pin)
        pin = ARRAY_ADD(&image->pins, &image->pin_count);
    *pin = (struct matrix_pin){node->key->text, check, node->text,
                               position_text(m->pool, &node->at), node->key->at};
}

static void read_image_key(struct matrix *m, struct matrix_image *image, const struct node *node,
                           struct faults *faults)
{
    static const char *const keys[] = {"ref", "facts", "platforms"};
    if (strcmp(node->key->text, "ref") == 0) {
        if (node->kind == NODE_SCALAR && *node->text)
            image->reference = node->text;
        else
            faults_add(faults, &node->at, "ref must be an image reference");
    } else if (strcmp(node->key->text, "platforms") == 0) {
        read_platforms(node, faults, &image->platforms, &image->platform_count);
    } else if (strcmp(node->key->text, "facts") == 0) {
        if (node->kind != NODE_MAP)
            faults_add(faults, &node->at, "facts must be a map of facts to values");
        for (const struct node *n = node->first; n && node->kind == NODE_MAP; n = n->next)
            read_pin(m, image, n, faults);
    } else {
        struct nearest nearest = {.word = node->key->text};
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            nearest_offer(&nearest, keys[i]);
        unknown_name(faults, node->key, "key", &nearest);
    }
}

static void read_image(struct matrix *m, const struct node *node, struct faults *faults)
{
    struct matrix_image *image = image_of(m, node);
    for (const struct node *key = node->first; key; key = key->next)
        read_image_key(m, image, key, faults);
}

void matrix_read_images(struct matrix *m, const struct node *images, struct faults *faults)
{
    if (images->kind != NODE_MAP) {
        faults_add(faults, &images->at, "images must be a map of names, this is %s",
                   node_kind_name(images->kind));
        return;
    }
    for (const struct node *n = images->first; n; n = n->next) {
        if (!*n->key->text)
            faults_add(faults, &n->key->at, "an image needs a name");
        else if (n->kind != NODE_MAP)
            faults_add(faults, &n->at, "an image is a map like {ref: \"oci:DIR\"}, this is %s",
                       node_kind_name(n->kind));
        else
            read_image(m, n, faults);
    }
}
