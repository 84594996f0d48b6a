/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/facts.h"
#include "harness/fact.h"
#include "harness/os_release.h"

#include <stdlib.h>
#include <string.h>

static const struct fact_reader *const tables[] = {facts_libc,    facts_time,  facts_locale,
                                                   facts_network, facts_users, facts_system};
enum { TABLE_COUNT = sizeof tables / sizeof *tables };

static const char prefix[] = "image-";

static const char *check_id(struct pool *pool, const char *fact)
{
    size_t skip = strncmp(fact, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    return pool_printf(pool, "image.%s", fact + skip);
}

static const char *intern_value(struct pool *pool, const struct fact_reader *reader,
                                const struct fact_scan *scan)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    reader->read(scan, &t);
    return pool_intern(pool, text_get(&t));
}

static int compare_facts(const void *a, const void *b)
{
    return strcmp(((const struct fact *)a)->name, ((const struct fact *)b)->name);
}

size_t image_checks(struct run *run)
{
    size_t before = run->check_count;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        for (const struct fact_reader *r = tables[i]; r->name; r++)
            *ARRAY_ADD(&run->checks, &run->check_count) = (struct check){
                .id = check_id(run->pool, r->name),
                .area = AREA_IMAGE,
                .says = r->says,
                .why = r->why,
                .help = r->help,
                .refs = r->refs,
            };
    return run->check_count - before;
}

bool facts_read(struct pool *pool, struct image *image, struct error *e)
{
    CLEANUP_CLOSE int root = tree_open_root(image->root, e);
    if (root < 0)
        return false;
    os_release_read(pool, root, image);
    struct fact_scan scan = {root, image, elf_vote(root), libc_scan_root(root, image->platform)};
    for (size_t i = 0; i < TABLE_COUNT; i++)
        for (const struct fact_reader *r = tables[i]; r->name; r++) {
            const char *value = intern_value(pool, r, &scan);
            *ARRAY_ADD(&image->facts, &image->fact_count) = (struct fact){r->name, value};
        }
    libc_scan_done(&scan.libc);
    qsort(image->facts, image->fact_count, sizeof *image->facts, compare_facts);
    return true;
}

const char *facts_value(const struct image *image, const char *check)
{
    if (strncmp(check, "image.", strlen("image.")) != 0)
        return NULL;
    const char *name = check + strlen("image.");
    for (size_t i = 0; i < image->fact_count; i++) {
        const char *fact = image->facts[i].name;
        if (strcmp(fact, name) == 0 || (strncmp(fact, prefix, sizeof prefix - 1) == 0 &&
                                        strcmp(fact + sizeof prefix - 1, name) == 0))
            return image->facts[i].value;
    }
    return NULL;
}
