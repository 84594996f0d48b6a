/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_catalogue.h"
#include "harness/catalogue.h"
#include "harness/facts.h"

struct run *cmd_catalogue_at(struct installation *ret, struct error *e)
{
    if (!installation_find(ret, e))
        return NULL;
    struct run *run = run_new();
    run->version = PLIMSOLL_VERSION;
    image_checks(run);
    if (catalogue_load(run, ret, e))
        return run;
    installation_done(ret);
    run_free(run);
    return NULL;
}

struct run *cmd_catalogue(struct error *e)
{
    struct installation where;
    struct run *run = cmd_catalogue_at(&where, e);
    if (run)
        installation_done(&where);
    return run;
}
