/* SPDX-License-Identifier: Apache-2.0 */
/* A source in a thread of its own. The blocks wait in a list, copied, since a source's block lives
 * only until its next one. Everything but the source itself is under the lock. */
#include "harness/base/pool.h"
#include "harness/bytes.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct block {
    struct block *next;
    size_t size;
    char data[];
};

struct ahead_bytes {
    struct bytes bytes;
    struct bytes *source; /* the thread's, until it has been joined */
    size_t bound;
    struct block *current; /* the reader's */
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t moved; /* a block was added or taken, or one side has ended */
    struct block *first, **last;
    size_t waiting; /* bytes in the list */
    bool ended;     /* the source has nothing more to give; error is set when it failed */
    bool stopped;   /* the reader wants nothing more */
    struct error error;
};

/* Waits for room; false when nobody wants the block any more. */
static bool hand_over(struct ahead_bytes *a, struct block *b)
{
    uv_mutex_lock(&a->lock);
    while (!a->stopped && a->waiting > 0 && a->waiting + b->size > a->bound)
        uv_cond_wait(&a->moved, &a->lock);
    bool wanted = !a->stopped;
    if (wanted) {
        *a->last = b;
        a->last = &b->next;
        a->waiting += b->size;
        uv_cond_signal(&a->moved);
    }
    uv_mutex_unlock(&a->lock);
    return wanted;
}

static struct block *copy_block(const void *data, size_t size)
{
    struct block *b = must_realloc(NULL, sizeof *b + size);
    b->next = NULL;
    b->size = size;
    memcpy(b->data, data, size);
    return b;
}

static void run(void *argument)
{
    struct ahead_bytes *a = argument;
    struct error error = ERROR_INIT;
    const void *data;
    ssize_t n;
    while ((n = a->source->next(a->source, &data, &error)) > 0) {
        struct block *b = copy_block(data, (size_t)n);
        if (!hand_over(a, b)) {
            free(b);
            break;
        }
    }
    uv_mutex_lock(&a->lock);
    a->ended = true;
    a->error = error;
    uv_cond_signal(&a->moved);
    uv_mutex_unlock(&a->lock);
}

static ssize_t ahead_next(struct bytes *b, const void **ret, struct error *e)
{
    struct ahead_bytes *a = (struct ahead_bytes *)b;
    free(a->current);
    uv_mutex_lock(&a->lock);
    while (!a->first && !a->ended)
        uv_cond_wait(&a->moved, &a->lock);
    a->current = a->first;
    if (a->current) {
        a->first = a->current->next;
        a->last = a->first ? a->last : &a->first;
        a->waiting -= a->current->size;
        uv_cond_signal(&a->moved);
    }
    uv_mutex_unlock(&a->lock);
    if (a->current) {
        *ret = a->current->data;
        return (ssize_t)a->current->size;
    }
    if (!error_is_set(&a->error))
        return 0;
    *e = a->error; /* told once, and the end from then on */
    a->error = (struct error)ERROR_INIT;
    return -1;
}

static void ahead_close(struct bytes *b)
{
    struct ahead_bytes *a = (struct ahead_bytes *)b;
    uv_mutex_lock(&a->lock);
    a->stopped = true;
    uv_cond_signal(&a->moved);
    uv_mutex_unlock(&a->lock);
    uv_thread_join(&a->thread);
    bytes_close(a->source);
    free(a->current);
    for (struct block *next; a->first; a->first = next) {
        next = a->first->next;
        free(a->first);
    }
    error_clear(&a->error);
    uv_cond_destroy(&a->moved);
    uv_mutex_destroy(&a->lock);
    free(a);
}

static bool start(struct ahead_bytes *a)
{
    if (uv_mutex_init(&a->lock) != 0)
        return false;
    if (uv_cond_init(&a->moved) == 0) {
        if (uv_thread_create(&a->thread, run, a) == 0)
            return true;
        uv_cond_destroy(&a->moved);
    }
    uv_mutex_destroy(&a->lock);
    return false;
}

struct bytes *bytes_ahead(struct bytes *source, size_t bound)
{
    struct ahead_bytes *a = must_calloc(1, sizeof *a);
    a->bytes = (struct bytes){ahead_next, ahead_close};
    a->source = source;
    a->bound = bound;
    a->last = &a->first;
    if (start(a))
        return &a->bytes;
    free(a); /* no thread to be had: the same bytes, only later */
    return source;
}
