/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/libcurl.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const char soname[] = "libcurl.so.4";

static struct libcurl functions;
static void *library; /* stays until the end: it may have threads and handlers of its own */

static bool find(void *loaded, const char *name, void *ret, struct error *e)
{
    void *symbol = dlsym(loaded, name);
    if (!symbol)
        return error_set(e, ERROR_RUN, "%s has no %s: it is too old", soname, name);
    memcpy(ret, &symbol, sizeof symbol); /* POSIX lets it be a function; ISO C has no such cast */
    return true;
}

bool libcurl_load(struct error *e)
{
    if (library)
        return true;
    void *loaded = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (!loaded)
        return error_set(e, ERROR_RUN, "registries and engines need libcurl (install libcurl4): %s",
                         dlerror());
#define FIND(name) \
    if (!find(loaded, "curl_" #name, &functions.name, e)) \
        return false;
    LIBCURL_FUNCTIONS(FIND)
#undef FIND
    library = loaded;
    return true;
}

const struct libcurl *libcurl(void)
{
    struct error e = ERROR_INIT;
    if (!library && !libcurl_load(&e))
        abort();
    return &functions;
}
