/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct matrix, for the files of this folder. */
#pragma once
#include "matrices/matrix.h"
#include "matrices/rule.h"

struct matrix {
    struct pool *pool;
    struct matrix_file *files; /* heap; in the order of loading */
    size_t file_count;
    const char **seen; /* heap; what is loaded already, by real path or shipped name */
    size_t seen_count;
    struct rule *rules; /* heap; in force only; by file, then place */
    size_t rule_count;
    struct matrix_image *images; /* heap, and their pins and platforms too */
    size_t image_count;
    const struct platform **platforms; /* heap */
    size_t platform_count;
    enum flavor *flavors; /* heap */
    size_t flavor_count;
};

/* Reads the tree of one file, but for `include`, into m. */
void matrix_read_images(struct matrix *m, const struct node *images, struct faults *faults) NONNULL;
void matrix_read_platforms(struct matrix *m, const struct node *list,
                           struct faults *faults) NONNULL;
void matrix_read_flavors(struct matrix *m, const struct node *list, struct faults *faults) NONNULL;
