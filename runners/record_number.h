/* SPDX-License-Identifier: Apache-2.0 */
/* Images and cells have numbers in a results file and places in a run. They may come in any order
 * (cells end when they end); in the run they stand in the order of their numbers. */
#pragma once
#include "harness/model.h"

struct record_numbers { /* {0} is empty */
    uint32_t *places;   /* heap; place + 1, 0: not yet seen */
    size_t size;
};

/* noun is for the errors. number is small: the table is as large as the largest one. */
bool record_number_new(struct record_numbers *n, size_t number, size_t place, const char *noun,
                       struct error *e) NONNULL MUST_CHECK;
bool record_number_place(const struct record_numbers *n, size_t number, const char *noun,
                         size_t *ret, struct error *e) NONNULL MUST_CHECK;

/* Puts images and cells in the order of their numbers and the rows in that of run_sort. */
void record_number_order(struct run *run, const struct record_numbers *images,
                         const struct record_numbers *cells) NONNULL;
