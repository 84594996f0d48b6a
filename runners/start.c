/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/start.h"

#include <ctype.h>
#include <string.h>

/* What the loaders say, in the words of their sources: the text before and after the name, and what
 * we call it. glibc: elf/dl-load.c, dl-version.c, dl-lookup.c; musl: ldso/dynlink.c; qemu-user:
 * linux-user/elfload.c (it opens the interpreter itself). A name runs to `until`. */
static const struct {
    const char *mark, *before, *until, *meaning;
} sayings[] = {
    {"cannot open shared object file", "error while loading shared libraries: ", ":",
     "missing-library"},
    {"' not found (required by", "version `", "'", "symbol-version"},
    {"undefined symbol: ", "undefined symbol: ", ",\n \\", "missing-symbol"},
    {"(needed by ", "Error loading shared library ", ":", "missing-library"},
    {"symbol not found", NULL, NULL, "missing-symbol"},
};

static const char *name_after(const char *said, const char *before, const char *until,
                              struct pool *pool)
{
    const char *at = strstr(said, before);
    if (!at)
        return NULL;
    at += strlen(before);
    size_t length = strcspn(at, until);
    return length > 0 ? pool_intern_n(pool, at, length) : NULL;
}

/* musl: "Error relocating PROGRAM: SYMBOL: symbol not found" */
static const char *musl_symbol(const char *said, struct pool *pool)
{
    const char *end = strstr(said, ": symbol not found"), *start = end;
    while (start > said && !isspace((unsigned char)start[-1]))
        start--;
    return start < end ? pool_intern_n(pool, start, (size_t)(end - start)) : NULL;
}

static const char *understand(const char *said, struct pool *pool)
{
    if (strstr(said, "Could not open '") && strstr(said, "qemu-"))
        return "no-loader";
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
        if (!strstr(said, sayings[i].mark))
            continue;
        const char *name = sayings[i].before
                               ? name_after(said, sayings[i].before, sayings[i].until, pool)
                               : musl_symbol(said, pool);
        if (name)
            return pool_printf(pool, "%s %s", sayings[i].meaning, name);
    }
    return NULL;
}

struct observation start_failure(const struct cell_end *end, struct pool *pool)
{
    struct observation o = {.status = STATUS_ERROR};
    if (end->error) {
        o.value = pool_intern(pool, end->error);
    } else if (end->exec) {
        bool no_loader = strcmp(end->exec, "ENOENT") == 0; /* the program itself is bound there */
        o.status = STATUS_VALUE;
        o.value = no_loader ? "no-loader" : pool_printf(pool, "not-executable %s", end->exec);
    } else if (end->timeout) {
        o.status = STATUS_TIMEOUT;
        o.value = "no hello in time";
    } else if ((o.value = understand(end->standard_error, pool)) != NULL) {
        o.status = STATUS_VALUE;
    } else if (end->signal) {
        o.status = STATUS_CRASH;
        o.value = pool_intern(pool, end->signal);
    } else {
        o.value =
            pool_printf(pool, "the probe ended with exit status %d before its hello%s%.200s",
                        end->exit_status, *end->standard_error ? ": " : "", end->standard_error);
    }
    return o;
}
