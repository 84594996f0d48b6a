/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll cache: what the cache holds, and taking it away again. */
#include "harness/cmd_cache.h"
#include "harness/base/size.h"
#include "harness/base/text.h"
#include "harness/cmd.h"
#include "harness/reference.h"
#include "harness/store_prune.h"
#include "harness/store_verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAYS_MAX = 100 * 365, DIGEST_LEAST = 6 };

/* ---- ls ---- */

static void format_time(int64_t nanoseconds, char ret[24])
{
    time_t seconds = (time_t)(nanoseconds / 1000000000);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) || strftime(ret, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        strcpy(ret, "-");
}

static const char *digest_of(const struct store_image *image)
{
    return image->manifest ? image->manifest : image->chain;
}

static void print_image(const struct stored_image *image, int width)
{
    char size[SIZE_TEXT_SIZE], used[24];
    CLEANUP_TEXT struct text name = TEXT_INIT;
    text_add_printable(&name, image->image.reference, strlen(image->image.reference));
    size_print(image->bytes, size);
    format_time(image->used, used);
    printf("%-*s  %-14s  %.19s  %10s  %s\n", width, text_get(&name),
           image->image.platform ? image->image.platform : "-", digest_of(&image->image), size,
           used);
}

static void print_totals(const struct store_contents *c)
{
    char roots[SIZE_TEXT_SIZE], blobs[SIZE_TEXT_SIZE], all[SIZE_TEXT_SIZE];
    uint64_t root_bytes = 0, blob_bytes = 0;
    for (size_t i = 0; i < c->root_count; i++)
        root_bytes += c->roots[i].bytes;
    for (size_t i = 0; i < c->blob_count; i++)
        blob_bytes += c->blobs[i].bytes;
    size_print(root_bytes, roots);
    size_print(blob_bytes, blobs);
    size_print(root_bytes + blob_bytes, all);
    printf("%zu root%s %s, %zu blob%s %s, together %s in %s\n", c->root_count,
           c->root_count == 1 ? "" : "s", roots, c->blob_count, c->blob_count == 1 ? "" : "s",
           blobs, all, c->store->path);
}

static int list(const struct options *o, const struct store *s, struct error *e)
{
    (void)o, (void)e;
    struct store_contents c;
    int width = (int)strlen("REFERENCE");
    store_contents_read(s, &c);
    for (size_t i = 0; i < c.image_count; i++) {
        int length = (int)strlen(c.images[i].image.reference);
        width = length > width && store_contents_lists(&c, &c.images[i]) ? length : width;
    }
    printf("%-*s  %-14s  %-19s  %10s  %s\n", width, "REFERENCE", "PLATFORM", "DIGEST", "SIZE",
           "LAST USED");
    for (size_t i = c.image_count; i-- > 0;)
        if (store_contents_lists(&c, &c.images[i]))
            print_image(&c.images[i], width);
    print_totals(&c);
    store_contents_done(&c);
    return 0;
}

/* ---- rm and prune ---- */

static void print_pruned(const struct store_pruned *p)
{
    char size[SIZE_TEXT_SIZE];
    size_print(p->bytes, size);
    printf("removed %zu image%s, %zu root%s, %zu blob%s: %s\n", p->images,
           p->images == 1 ? "" : "s", p->roots, p->roots == 1 ? "" : "s", p->blobs,
           p->blobs == 1 ? "" : "s", size);
    if (p->in_use > 0)
        fprintf(stderr, "plimsoll: %zu root%s stayed, in use by another process\n", p->in_use,
                p->in_use == 1 ? "" : "s");
    if (p->blobs_in_use)
        fputs("plimsoll: blobs stayed: another process is opening images\n", stderr);
}

static bool is_meant(const struct store_image *image, const char *word, const char *reference)
{
    if (strcmp(word, "all") == 0 || strcmp(image->reference, word) == 0 ||
        (reference && strcmp(image->reference, reference) == 0))
        return true;
    const char *hex = strncmp(word, "sha256:", 7) == 0 ? word + 7 : word;
    size_t length = strlen(hex);
    if (length < DIGEST_LEAST || strspn(hex, "0123456789abcdef") != length)
        return false;
    return (image->manifest && strncmp(image->manifest + 7, hex, length) == 0) ||
           (image->chain && strncmp(image->chain + 7, hex, length) == 0);
}

/* Marks what a word means as leaving; false when it means nothing. */
static bool choose(struct store_contents *c, const char *word)
{
    struct reference r;
    struct error ignored = ERROR_INIT; /* then it is a digest */
    bool found = strcmp(word, "all") == 0;
    bool good = reference_parse(c->pool, word, &r, &ignored);
    error_clear(&ignored);
    for (size_t i = 0; i < c->image_count; i++)
        if (is_meant(&c->images[i].image, word, good ? r.text : NULL))
            found = c->images[i].leaving = true;
    return found;
}

/* The reference goes when the last image that was opened by it does. */
static void choose_references(struct store_contents *c)
{
    for (size_t r = 0; r < c->image_count; r++) {
        bool stays = !c->images[r].is_reference, leaves = false;
        for (size_t i = 0; !stays && i < c->image_count; i++)
            if (!c->images[i].is_reference &&
                strcmp(c->images[i].image.reference, c->images[r].image.reference) == 0) {
                leaves |= c->images[i].leaving;
                stays = !c->images[i].leaving;
            }
        if (leaves && !stays)
            c->images[r].leaving = true;
    }
}

static int prune(struct store_contents *c, int64_t cutoff, struct error *e)
{
    struct store_pruned pruned;
    if (!store_prune(c, cutoff, &pruned, e))
        return ERROR_RUN;
    print_pruned(&pruned);
    return pruned.in_use > 0 || pruned.blobs_in_use ? ERROR_RUN : 0;
}

static int remove_images(const struct options *o, const struct store *s, struct error *e)
{
    struct store_contents c;
    const struct texts *words = &o->arguments;
    if (words->count < 2) {
        error_set(e, ERROR_USAGE, "cache rm needs REFERENCE, DIGEST or all");
        return ERROR_USAGE;
    }
    store_contents_read(s, &c);
    int code = 0;
    for (size_t i = 1; code == 0 && i < words->count; i++)
        if (!choose(&c, words->items[i])) {
            error_set(e, ERROR_NOTHING, "no image %s in the cache %s: plimsoll cache ls lists them",
                      words->items[i], s->path);
            code = ERROR_NOTHING;
        }
    choose_references(&c);
    if (code == 0)
        code = prune(&c, 1, e);
    store_contents_done(&c);
    return code;
}

static bool parse_days(const char *text, int64_t *ret, struct error *e)
{
    char *end = NULL;
    long days = strtol(text, &end, 10);
    if (end == text || *end || days < 0 || days > DAYS_MAX)
        return error_set(e, ERROR_USAGE, "--older is a number of days from 0 to %d, not \"%s\"",
                         DAYS_MAX, text);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *ret = ((int64_t)now.tv_sec - (int64_t)days * 24 * 60 * 60) * 1000000000 + now.tv_nsec;
    return true;
}

static bool parse_limit(const char *option, const char *text, uint64_t *ret, struct error *e)
{
    return size_parse(text, ret) ||
           error_set(e, ERROR_USAGE, "--%s is a size such as 500M or 20G, not \"%s\"", option,
                     text);
}

static int prune_old(const struct options *o, const struct store *s, struct error *e)
{
    struct store_contents c;
    int64_t older = 1;
    uint64_t limit = UINT64_MAX;
    if ((o->older && !parse_days(o->older, &older, e)) ||
        (o->limit && !parse_limit("limit", o->limit, &limit, e)))
        return e->code;
    store_contents_read(s, &c);
    int64_t cutoff = store_prune_cutoff(&c, limit);
    int code = prune(&c, cutoff > older ? cutoff : older, e);
    store_contents_done(&c);
    return code;
}

bool cmd_cache_limit_valid(const struct options *o, struct error *e)
{
    uint64_t ignored;
    return !o->cache_limit || parse_limit("cache-limit", o->cache_limit, &ignored, e);
}

bool cmd_cache_enforce(const struct options *o, struct error *e)
{
    uint64_t limit;
    struct store s;
    struct store_contents c;
    struct store_pruned pruned;
    if (!o->cache_limit)
        return true;
    if (!parse_limit("cache-limit", o->cache_limit, &limit, e) || !store_open(&s, o->cache, e))
        return false;
    store_contents_read(&s, &c);
    bool ok = store_contents_bytes(&c, 0) <= limit ||
              store_prune(&c, store_prune_cutoff(&c, limit), &pruned, e);
    store_contents_done(&c);
    store_close(&s);
    return ok || error_context(e, "cannot keep the cache within %s", o->cache_limit);
}

/* ---- verify ---- */

static void print_finding(const struct store_finding *f, void *data)
{
    (void)data;
    CLEANUP_TEXT struct text what = TEXT_INIT;
    text_add_printable(&what, f->what, strlen(f->what));
    printf("%s  %s: %s%s%s%s\n", f->leftover ? "left over" : "damaged", text_get(&what), f->why,
           f->removed ? " (removed)" : "", f->kept ? " (stayed: " : "", f->kept ? f->kept : "");
}

static int verify(const struct options *o, const struct store *s, struct error *e)
{
    struct store_verified v;
    (void)e;
    store_verify(s, o->repair, print_finding, NULL, &v);
    printf("%zu root%s and %zu blob%s read: %zu damaged", v.roots, v.roots == 1 ? "" : "s", v.blobs,
           v.blobs == 1 ? "" : "s", v.damaged);
    if (v.kept > 0 && !o->repair)
        fputs("; plimsoll cache verify --repair removes that, and it is made or fetched again",
              stdout);
    else if (v.damaged > 0)
        printf(", %zu of it removed", v.damaged - v.kept);
    putchar('\n');
    return v.kept > 0 ? ERROR_RUN : 0;
}

/* ---- the verb ---- */

static const struct {
    const char *name;
    bool takes_arguments;
    int (*run)(const struct options *o, const struct store *s, struct error *e);
} subcommands[] = {{"ls", false, list},
                   {"rm", true, remove_images},
                   {"prune", false, prune_old},
                   {"verify", false, verify}};

enum { SUBCOMMAND_COUNT = sizeof subcommands / sizeof *subcommands };

int cmd_cache(const struct options *o, struct error *e)
{
    const char *name = o->arguments.count > 0 ? o->arguments.items[0] : "";
    size_t i = 0;
    while (i < SUBCOMMAND_COUNT && strcmp(subcommands[i].name, name) != 0)
        i++;
    if (i == SUBCOMMAND_COUNT)
        error_set(e, ERROR_USAGE, "cache what? ls, rm, prune or verify%s%s%s",
                  *name ? ", not \"" : "", name, *name ? "\"" : "");
    else if (!subcommands[i].takes_arguments && o->arguments.count > 1)
        error_set(e, ERROR_USAGE, "cache %s takes no argument", name);
    struct store s;
    if (error_is_set(e) || !store_open(&s, o->cache, e))
        return e->code;
    int code = subcommands[i].run(o, &s, e);
    store_close(&s);
    return code;
}
