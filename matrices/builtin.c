/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/builtin.h"

#include "harness/model.h"
#include <string.h>

bool builtin_belongs(const struct builtin_matrix *file, const char *name)
{
    enum area area;
    if (area_of_check(file->name, &area) && strcmp(file->name, area_name(area)) == 0)
        return strcmp(name, "builtin") == 0;
    return strcmp(name, file->name) == 0;
}
