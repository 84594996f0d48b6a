/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that lives and dies together, and strings kept once.
 *
 * A run holds up to a million observations whose strings repeat; they are interned in the pool of
 * their owner and freed with it in one call. Out of memory ends the program (as in git, crun). */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>

struct pool; /* opaque */

struct pool *pool_new(void) MUST_CHECK;
void pool_free(struct pool *p); /* NULL is fine */

/* Zeroed memory, aligned for any type, valid until pool_free. */
void *pool_alloc(struct pool *p, size_t size) NONNULL MUST_CHECK;

/* The one copy of this text in the pool: equal texts give equal pointers. NULL gives NULL. */
const char *pool_intern(struct pool *p, const char *text) MUST_CHECK;
const char *pool_intern_n(struct pool *p, const char *text, size_t length) NONNULL MUST_CHECK;

/* Interns a formatted text. */
const char *pool_printf(struct pool *p, const char *format, ...) PRINTF_LIKE(2, 3) MUST_CHECK;

/* Growth of a plain array: makes room for one more element and returns its address, zeroed.
 *     struct fact *f = ARRAY_ADD(&image->facts, &image->fact_count);
 * Such arrays are heap memory: free() them. */
void *array_add(void **items, size_t *count, size_t item_size) NONNULL MUST_CHECK;
#define ARRAY_ADD(items, count) \
    ((__typeof__(*(items)))array_add((void **)(items), count, sizeof **(items)))

/* malloc, calloc, strdup that end the program instead of failing. */
void *must_calloc(size_t count, size_t size) MUST_CHECK;
void *must_realloc(void *old, size_t size) MUST_CHECK;
char *must_strdup(const char *text) MUST_CHECK;
char *must_printf(const char *format, ...) PRINTF_LIKE(1, 2) MUST_CHECK;

/* Local ownership: `CLEANUP_FREE char *path = must_printf(...)`. */
void cleanup_free(void *pointer_to_pointer);
#define CLEANUP_FREE __attribute__((cleanup(cleanup_free)))
void cleanup_close(const int *fd); /* closes when >= 0, keeps errno */
#define CLEANUP_CLOSE __attribute__((cleanup(cleanup_close)))
