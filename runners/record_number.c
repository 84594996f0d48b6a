/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/record_number.h"

#include <stdlib.h>
#include <string.h>

bool record_number_new(struct record_numbers *n, size_t number, size_t place, const char *noun,
                       struct error *e)
{
    if (number >= n->size) {
        size_t size = n->size ? n->size : 64;
        while (size <= number)
            size *= 2;
        n->places = must_realloc(n->places, size * sizeof *n->places);
        memset(n->places + n->size, 0, (size - n->size) * sizeof *n->places);
        n->size = size;
    }
    if (n->places[number] != 0)
        return error_set(e, ERROR_RUN, "%s %zu was there before", noun, number);
    n->places[number] = (uint32_t)place + 1;
    return true;
}

bool record_number_place(const struct record_numbers *n, size_t number, const char *noun,
                         size_t *ret, struct error *e)
{
    if (number >= n->size || n->places[number] == 0)
        return error_set(e, ERROR_RUN, "%s %zu has not been described", noun, number);
    *ret = n->places[number] - 1;
    return true;
}

/* The new place of each old one; NULL when nothing moves. The caller frees it. */
static size_t *new_places(const struct record_numbers *n, size_t count)
{
    size_t *moved = must_calloc(count, sizeof *moved), next = 0;
    bool moves = false;
    for (size_t number = 0; number < n->size; number++) {
        if (n->places[number] == 0)
            continue;
        size_t old = n->places[number] - 1;
        moves |= old != next;
        moved[old] = next++;
    }
    if (moves)
        return moved;
    free(moved);
    return NULL;
}

static void order_images(struct run *r, const struct record_numbers *images)
{
    CLEANUP_FREE size_t *moved = new_places(images, r->image_count);
    if (!moved)
        return;
    CLEANUP_FREE struct image *old = must_calloc(r->image_count, sizeof *old);
    memcpy(old, r->images, r->image_count * sizeof *old);
    for (size_t i = 0; i < r->image_count; i++)
        r->images[moved[i]] = old[i];
    for (size_t i = 0; i < r->cell_count; i++)
        r->cells[i].image = moved[r->cells[i].image];
}

static void order_cells(struct run *r, const struct record_numbers *cells)
{
    CLEANUP_FREE size_t *moved = new_places(cells, r->cell_count);
    if (!moved)
        return;
    CLEANUP_FREE struct cell *old = must_calloc(r->cell_count, sizeof *old);
    memcpy(old, r->cells, r->cell_count * sizeof *old);
    for (size_t i = 0; i < r->cell_count; i++)
        r->cells[moved[i]] = old[i];
    for (size_t i = 0; i < r->observation_count; i++)
        r->observations[i].cell = moved[r->observations[i].cell];
    for (size_t i = 0; i < r->timing_count; i++)
        r->timings[i].cell = moved[r->timings[i].cell];
}

static bool is_sorted(const struct run *r)
{
    for (size_t i = 1; i < r->observation_count; i++)
        if (observation_compare(&r->observations[i - 1], &r->observations[i]) > 0)
            return false;
    for (size_t i = 1; i < r->timing_count; i++)
        if (timing_compare(&r->timings[i - 1], &r->timings[i]) > 0)
            return false;
    return true;
}

void record_number_order(struct run *run, const struct record_numbers *images,
                         const struct record_numbers *cells)
{
    order_images(run, images);
    order_cells(run, cells);
    if (!is_sorted(run)) /* a file of a million rows usually is, and sorting takes a second */
        run_sort(run);
}
