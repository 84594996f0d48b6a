/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/installation.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder above the one that holds this program: PREFIX of PREFIX/bin/plimsoll. */
static bool find_prefix(char prefix[PATH_MAX], struct error *e)
{
    ssize_t n = readlink("/proc/self/exe", prefix, PATH_MAX - 1);
    if (n < 0)
        return error_errno(e, ERROR_RUN, errno,
                           "cannot tell where this program is (/proc/self/exe)");
    prefix[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(prefix, '/');
        if (slash)
            *slash = '\0';
    }
    return true;
}

static char *from_environment(const char *variable, const char *prefix, const char *below)
{
    const char *value = getenv(variable);
    return value && *value ? must_strdup(value) : must_printf("%s/%s", prefix, below);
}

bool installation_find(struct installation *ret, struct error *e)
{
    char prefix[PATH_MAX];
    if (!find_prefix(prefix, e))
        return false;
    struct installation found = {
        .probes = from_environment("PLIMSOLL_PROBES", prefix, "lib/plimsoll/probes"),
        .cell = from_environment("PLIMSOLL_CELL", prefix, "lib/plimsoll/plimsoll-cell"),
    };
    if (access(found.cell, X_OK) < 0 || access(found.probes, R_OK | X_OK) < 0) {
        error_errno(e, ERROR_RUN, errno,
                    "this installation is not whole: need the program %s and the probes below %s "
                    "(set PLIMSOLL_CELL and PLIMSOLL_PROBES, or build and install again)",
                    found.cell, found.probes);
        installation_done(&found);
        return false;
    }
    *ret = found;
    return true;
}

void installation_done(struct installation *i)
{
    free(i->probes);
    free(i->cell);
    memo_done(&i->memo);
    *i = (struct installation){NULL, NULL, {NULL, ""}};
}

char *installation_probe(const struct installation *i, const struct platform *platform,
                         enum flavor flavor, enum area area)
{
    return must_printf("%s/%s/%s/%s", i->probes, platform->name, flavor_name(flavor),
                       area_name(area));
}
