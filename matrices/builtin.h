/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML files of matrices/builtin/, which are part of the program (see builtin.cmake).
 *
 * Those named after an area ("dns") are together the matrix "builtin"; every other one ("minimal")
 * is a matrix of its own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct builtin_matrix {
    const char *name; /* "dns"; NULL ends the table */
    const char *text;
    uint64_t length;
};

extern const struct builtin_matrix builtin_matrices[];

/* Whether the file is part of the matrix of that name. */
bool builtin_belongs(const struct builtin_matrix *file, const char *name);
