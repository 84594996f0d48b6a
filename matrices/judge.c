/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a run: what is made ready once, then cell by cell (judge_cell.c). */
#include "matrices/judge_data.h"

#include <stdlib.h>
#include <string.h>

static int compare_slot(const void *a, const void *b)
{
    return strcmp(((const struct slot *)a)->check, ((const struct slot *)b)->check);
}

struct slot *judge_slot(const struct judge *j, const char *check)
{
    struct slot key = {.check = check};
    return bsearch(&key, j->slots, j->slot_count, sizeof *j->slots, compare_slot);
}

static void add_slots(struct judge *j)
{
    size_t most = j->run->check_count + j->resolver.group_count, n = 0;
    j->slots = must_calloc(most, sizeof *j->slots);
    for (size_t i = 0; i < j->run->check_count; i++)
        j->slots[n++] = (struct slot){.check = j->run->checks[i].id,
                                      .selected = j->options->selected_count == 0};
    for (size_t i = 0; i < j->resolver.group_count; i++)
        j->slots[n++].check = j->resolver.groups[i].check;
    qsort(j->slots, n, sizeof *j->slots, compare_slot);
    for (size_t i = 0; i < n; i++) {
        struct slot *last = j->slot_count ? &j->slots[j->slot_count - 1] : NULL;
        if (last && strcmp(last->check, j->slots[i].check) == 0)
            last->selected |= j->slots[i].selected;
        else
            j->slots[j->slot_count++] = j->slots[i];
    }
    for (size_t i = 0; i < j->slot_count; i++) {
        struct slot *slot = &j->slots[i];
        enum area area = AREA_COUNT;
        slot->group = resolver_group(&j->resolver, slot->check);
        slot->image_area = area_of_check(slot->check, &area) && area == AREA_IMAGE;
    }
    for (size_t i = 0; i < j->options->selected_count; i++) {
        struct slot *slot = judge_slot(j, j->options->selected[i]);
        if (slot)
            slot->selected = true;
    }
}

static int compare_order(const void *a, const void *b)
{
    const struct observation *x = *(const struct observation *const *)a;
    const struct observation *y = *(const struct observation *const *)b;
    int order = observation_compare(x, y);
    return order ? order : x < y ? -1 : x > y; /* repeats stay as they came */
}

static void put_in_order(struct judge *j)
{
    size_t n = j->run->observation_count;
    bool sorted = true;
    j->order = must_calloc(n, sizeof *j->order);
    for (size_t i = 0; i < n; i++) {
        j->order[i] = &j->run->observations[i];
        sorted = sorted && (i == 0 || observation_compare(j->order[i - 1], j->order[i]) <= 0);
    }
    if (!sorted)
        qsort(j->order, n, sizeof *j->order, compare_order);
}

static void judge_cells(struct judge *j)
{
    size_t from = 0;
    for (size_t cell = 0; cell < j->run->cell_count; cell++) {
        size_t to = from;
        while (to < j->run->observation_count && j->order[to]->cell == cell)
            to++;
        judge_cell(j, cell, from, to);
        from = to;
    }
}

static void finish(struct judge *j)
{
    struct judgement *ret = j->ret;
    for (size_t i = 0; i < ret->verdict_count; i++)
        ret->counts[ret->verdicts[i].verdict]++;
    for (size_t i = 0; i < j->m->file_count; i++)
        *ARRAY_ADD(&ret->matrices, &ret->matrix_count) =
            (struct matrix_file){pool_intern(ret->pool, j->m->files[i].path),
                                 pool_intern(ret->pool, j->m->files[i].digest)};
    ret->strict = j->options->strict;
    judge_remarks(j);
}

static bool check_indices(const struct run *run, struct error *e)
{
    for (size_t i = 0; i < run->cell_count; i++)
        if (run->cells[i].image >= run->image_count)
            return error_set(e, ERROR_RUN, "cell %zu names image %zu, of %zu", i,
                             run->cells[i].image, run->image_count);
    for (size_t i = 0; i < run->observation_count; i++)
        if (run->observations[i].cell >= run->cell_count)
            return error_set(e, ERROR_RUN, "observation %zu names cell %zu, of %zu", i,
                             run->observations[i].cell, run->cell_count);
    return true;
}

bool matrix_judge(const struct matrix *m, const struct run *run,
                  const struct judge_options *options, struct judgement *ret, struct error *e)
{
    if (!check_indices(run, e))
        return false;
    struct judge j = {.m = m, .run = run, .options = options, .ret = ret};
    resolver_init(&j.resolver, m, options->now);
    add_slots(&j);
    put_in_order(&j);
    judge_pins(&j);
    view_init(&j.view, &j.resolver);
    judge_cells(&j);
    finish(&j);
    bool good = faults_report(&j.collisions, e);
    faults_done(&j.collisions);
    view_done(&j.view);
    judge_pins_done(&j);
    free(j.order);
    free(j.slots);
    resolver_done(&j.resolver);
    return good;
}
