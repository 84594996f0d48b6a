/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_matrix.h"

#include <unistd.h>

static const char DEFAULT_FILE[] = "plimsoll.yaml", SHIPPED[] = "builtin";

struct matrix *cmd_matrix(const struct options *options, struct error *e)
{
    struct matrix *m = matrix_new();
    bool ok = true;
    for (size_t i = 0; ok && i < options->matrices.count; i++)
        ok = matrix_load(m, options->matrices.items[i], e);
    if (options->matrices.count == 0)
        ok = matrix_load(m, access(DEFAULT_FILE, R_OK) == 0 ? DEFAULT_FILE : SHIPPED, e);
    if (ok)
        return m;
    matrix_free(m);
    return NULL;
}
