/* SPDX-License-Identifier: Apache-2.0 */
/* Rule by rule, a later file has the last word. */
#pragma once
#include "matrices/matrix_data.h"

/* Takes out the rules of earlier files whose check and `when` a rule of this file has too. Within
 * the file such a pair is a fault; so are more rules for one check than the limit. */
void matrix_override(struct matrix *m, size_t file, struct faults *faults) NONNULL;

/* Indices of the rules by check, then in the order of rules. Heap; the caller frees it. */
size_t *matrix_by_check(const struct matrix *m) NONNULL MUST_CHECK;
