/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_limits.h"
#include "harness/base/nearest.h"
#include "harness/base/pool.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const struct layer_limits layer_default_limits = {
    .entries = 2 * 1000 * 1000,
    .bytes = 64ULL << 30,
    .ratio = 500,
    .path = 4096,
    .nesting = 256,
    .memory = 256ULL << 20,
    .ratio_from = 256ULL << 20,
};

static const struct {
    const char *name;
    size_t field;
} table[] = {
    {"entries", offsetof(struct layer_limits, entries)},
    {"bytes", offsetof(struct layer_limits, bytes)},
    {"ratio", offsetof(struct layer_limits, ratio)},
    {"path", offsetof(struct layer_limits, path)},
    {"nesting", offsetof(struct layer_limits, nesting)},
    {"memory", offsetof(struct layer_limits, memory)},
};

enum { COUNT = sizeof table / sizeof *table };

/* COUNT: no such limit. */
static size_t find(const char *name, size_t length)
{
    size_t i = 0;
    while (i < COUNT &&
           (strlen(table[i].name) != length || strncmp(table[i].name, name, length) != 0))
        i++;
    return i;
}

static bool unknown(const char *name, struct error *e)
{
    struct nearest near = {.word = name};
    for (size_t i = 0; i < COUNT; i++)
        nearest_offer(&near, table[i].name);
    CLEANUP_FREE char *hint = nearest_hint(&near);
    return error_set(
        e, ERROR_USAGE,
        "--unpack-limit %s: no such limit%s; they are entries, bytes, ratio, path, nesting "
        "and memory",
        name, hint);
}

static bool parse_value(const char *text, uint64_t *ret)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (!isdigit((unsigned char)*text) || errno != 0 || value == 0 || end[unit != NULL] != '\0' ||
        value > UINT64_MAX >> shift)
        return false;
    *ret = (uint64_t)value << shift;
    return true;
}

static bool parse_one(struct layer_limits *l, const char *word, struct error *e)
{
    size_t length = strcspn(word, "="), i = find(word, length);
    CLEANUP_FREE char *name = must_printf("%.*s", (int)length, word);
    if (i == COUNT)
        return unknown(name, e);
    uint64_t value;
    if (word[length] == '=' && parse_value(word + length + 1, &value)) {
        memcpy((char *)l + table[i].field, &value, sizeof value);
        return true;
    }
    return error_set(e, ERROR_USAGE,
                     "--unpack-limit %s: give a number above 0, as %s=1000 or %s=8G (K, M, G, T)",
                     word, name, name);
}

bool layer_limits_parse(struct layer_limits *l, const char *text, struct error *e)
{
    CLEANUP_FREE char *words = must_strdup(text);
    char *rest = words;
    for (char *word; (word = strsep(&rest, ","));)
        if (!parse_one(l, word, e))
            return false;
    return true;
}

bool layer_limits_error(const struct layer_limits *l, const char *name, const char *what,
                        struct error *e)
{
    uint64_t value = 0;
    size_t i = find(name, strlen(name));
    if (i < COUNT)
        memcpy(&value, (const char *)l + table[i].field, sizeof value);
    return error_set(e, ERROR_RUN, "%s: the limit is %llu; --unpack-limit %s=N raises it", what,
                     (unsigned long long)value, name);
}

/* ---- the ratio ---- */

struct watched_bytes {
    struct bytes bytes;
    struct bytes *source;
    const uint64_t *packed;
    const struct layer_limits *limits;
    uint64_t count;
};

static ssize_t watched_next(struct bytes *b, const void **ret, struct error *e)
{
    struct watched_bytes *w = (struct watched_bytes *)b;
    ssize_t n = w->source->next(w->source, ret, e);
    w->count += n > 0 ? (uint64_t)n : 0;
    if (n <= 0 || w->count <= w->limits->ratio_from || w->count / w->limits->ratio <= *w->packed)
        return n;
    layer_limits_error(w->limits, "ratio", "it unpacks to too many times its size", e);
    return -1;
}

static void watched_close(struct bytes *b)
{
    struct watched_bytes *w = (struct watched_bytes *)b;
    bytes_close(w->source);
    free(w);
}

struct bytes *layer_limits_watch(struct bytes *source, const uint64_t *packed,
                                 const struct layer_limits *l)
{
    struct watched_bytes *w = must_calloc(1, sizeof *w);
    *w = (struct watched_bytes){{watched_next, watched_close}, source, packed, l, 0};
    return &w->bytes;
}
