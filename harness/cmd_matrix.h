/* SPDX-License-Identifier: Apache-2.0 */
/* Which matrix the verbs use: --matrix, else ./plimsoll.yaml when it is there, else the shipped
 * rules. */
#pragma once
#include "harness/options.h"
#include "matrices/matrix.h"

/* Loads it; NULL with the error set. The caller frees it with matrix_free(). */
struct matrix *cmd_matrix(const struct options *options, struct error *e) MUST_CHECK;
