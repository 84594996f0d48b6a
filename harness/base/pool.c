/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/pool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024, ALIGN = 16, FIRST_SLOTS = 256 };

struct chunk {
    struct chunk *next;
    size_t used, size;
    max_align_t data[];
};

struct slot {
    uint64_t hash;
    const char *text; /* NULL: free slot */
    size_t length;
};

struct pool {
    struct chunk *chunks;
    struct slot *slots; /* open addressing, a power of two */
    size_t slot_count, text_count;
};

void *must_calloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        abort();
    return p;
}

void *must_realloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p)
        abort();
    return p;
}

char *must_strdup(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

char *must_printf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    return text;
}

void cleanup_free(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

void cleanup_close(const int *fd)
{
    int kept = errno;
    if (*fd >= 0)
        close(*fd);
    errno = kept;
}

struct pool *pool_new(void)
{
    struct pool *p = must_calloc(1, sizeof *p);
    p->slot_count = FIRST_SLOTS;
    p->slots = must_calloc(p->slot_count, sizeof *p->slots);
    return p;
}

void pool_free(struct pool *p)
{
    if (!p)
        return;
    for (struct chunk *c = p->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    free(p->slots);
    free(p);
}

static struct chunk *add_chunk(struct pool *p, size_t size)
{
    struct chunk *c = must_calloc(1, sizeof *c + size);
    c->size = size;
    c->next = p->chunks;
    p->chunks = c;
    return c;
}

void *pool_alloc(struct pool *p, size_t size)
{
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct chunk *c = p->chunks;
    if (!c || c->size - c->used < size)
        c = add_chunk(p, size > CHUNK_BYTES ? size : CHUNK_BYTES);
    void *memory = (char *)c->data + c->used;
    c->used += size;
    return memory;
}

/* FNV-1a: short keys, no adversary who gains from collisions that we would not refuse by size. */
static uint64_t hash_text(const char *text, size_t length)
{
    uint64_t h = 14695981039346656037ULL;
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * 1099511628211ULL;
    return h;
}

static struct slot *find_slot(struct pool *p, uint64_t hash, const char *text, size_t length)
{
    size_t mask = p->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *s = &p->slots[i];
        if (!s->text)
            return s;
        if (s->hash == hash && s->length == length && memcmp(s->text, text, length) == 0)
            return s;
    }
}

static void grow_slots(struct pool *p)
{
    struct slot *old = p->slots;
    size_t old_count = p->slot_count;
    p->slot_count *= 2;
    p->slots = must_calloc(p->slot_count, sizeof *p->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i].text)
            *find_slot(p, old[i].hash, old[i].text, old[i].length) = old[i];
    free(old);
}

const char *pool_intern_n(struct pool *p, const char *text, size_t length)
{
    uint64_t hash = hash_text(text, length);
    struct slot *s = find_slot(p, hash, text, length);
    if (s->text)
        return s->text;
    char *copy = pool_alloc(p, length + 1);
    memcpy(copy, text, length);
    *s = (struct slot){hash, copy, length};
    if (++p->text_count * 2 > p->slot_count)
        grow_slots(p);
    return copy;
}

const char *pool_intern(struct pool *p, const char *text)
{
    return text ? pool_intern_n(p, text, strlen(text)) : NULL;
}

const char *pool_printf(struct pool *p, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    const char *kept = pool_intern(p, text);
    free(text);
    return kept;
}

/* Doubling at the powers of two needs no capacity field beside the count. */
void *array_add(void **items, size_t *count, size_t item_size)
{
    size_t n = *count;
    if ((n & (n - 1)) == 0)
        *items = must_realloc(*items, (n ? n * 2 : 1) * item_size);
    void *item = (char *)*items + n * item_size;
    memset(item, 0, item_size);
    *count = n + 1;
    return item;
}
