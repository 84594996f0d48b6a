/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/facts.h"
#include "harness/fact.h"
#include "harness/os_release.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* ---- remembered ---- */

/* All that a reader looks at, see fact.h: the root by its chain, and what the config says. */
static void key_of(const struct memo *m, const struct image *image, char ret[SHA256_TEXT_SIZE])
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    text_printf(&t, "facts of %s%s as %s, user %s", image->chain_id,
                geteuid() == 0 ? " with owners" : "", image->platform->name,
                image->user ? image->user : "");
    for (size_t i = 0; i < image->environment_count; i++)
        text_printf(&t, "\n%s", image->environment[i]);
    memo_key(m, t.data, ret);
}

static void remember(const struct memo *m, const char *key, const struct image *image)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    memo_add_text(&t, image->os_id);
    memo_add_text(&t, image->os_version);
    memo_add_text(&t, image->os_name);
    for (size_t i = 0; i < image->fact_count; i++) {
        memo_add_text(&t, image->facts[i].name);
        memo_add_text(&t, image->facts[i].value);
    }
    memo_remember(m, key, t.data, t.length);
}

static bool recall(const struct memo *m, const char *key, struct pool *pool, struct image *image)
{
    size_t length;
    const char *os[3], *name, *value;
    CLEANUP_FREE char *data = memo_recall(m, key, &length);
    const char *cursor = data, *end = data ? data + length : NULL;
    for (size_t i = 0; i < 3; i++)
        if (!data || !memo_next_text(&cursor, end, &os[i]))
            return false;
    while (memo_next_text(&cursor, end, &name) && memo_next_text(&cursor, end, &value))
        *ARRAY_ADD(&image->facts, &image->fact_count) =
            (struct fact){pool_intern(pool, name), pool_intern(pool, value)};
    image->os_id = pool_intern(pool, os[0]);
    image->os_version = pool_intern(pool, os[1]);
    image->os_name = pool_intern(pool, os[2]);
    return true;
}

bool facts_read_once(const struct memo *m, struct pool *pool, struct image *image, struct error *e)
{
    char key[SHA256_TEXT_SIZE];
    if (!image->chain_id)
        return facts_read(pool, image, e);
    key_of(m, image, key);
    if (recall(m, key, pool, image))
        return true;
    if (!facts_read(pool, image, e))
        return false;
    remember(m, key, image);
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
