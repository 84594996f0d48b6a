/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_catalogue.h"
#include "harness/catalogue.h"
#include "harness/facts.h"

static struct run *load(const struct installation *where, struct error *e)
{
    struct run *run = run_new();
    run->version = PLIMSOLL_VERSION;
    image_checks(run);
    if (catalogue_load(run, where, e))
        return run;
    run_free(run);
    return NULL;
}

struct run *cmd_catalogue_at(struct installation *ret, const char *cache, struct error *e)
{
    if (!installation_find(ret, e))
        return NULL;
    memo_open(&ret->memo, cache);
    struct run *run = load(ret, e);
    if (!run)
        installation_done(ret);
    return run;
}

struct run *cmd_catalogue(struct error *e)
{
    struct installation where;
    if (!installation_find(&where, e))
        return NULL;
    struct run *run = load(&where, e);
    installation_done(&where);
    return run;
}
