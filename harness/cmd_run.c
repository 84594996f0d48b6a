/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll run: only observe; the results go to a file or to stdout. */
#include "harness/cmd.h"
#include "harness/cmd_catalogue.h"
#include "harness/cmd_observe.h"
#include "harness/host.h"

#include <stdlib.h>

static bool has_error(const struct run *run)
{
    for (size_t i = 0; i < run->cell_count; i++)
        if (run->cells[i].failure)
            return true;
    for (size_t i = 0; i < run->observation_count; i++)
        if (run->observations[i].status == STATUS_ERROR)
            return true;
    return false;
}

static int observe(const struct options *options, struct run *run, const struct installation *where,
                   struct error *e)
{
    size_t count = options->arguments.count;
    struct cmd_image *images = must_calloc(count, sizeof *images);
    for (size_t i = 0; i < count; i++)
        images[i].reference = options->arguments.items[i];
    cmd_name_images(images, count);
    enum flavor flavors[FLAVOR_COUNT];
    struct selection selection;
    struct cmd_observation done;
    host_describe(run);
    bool ok = cmd_selection(options, flavors, &selection, e) &&
              cmd_observe(options, images, count, &selection, where, run,
                          options->results ? options->results : "-", &done, e);
    free(images);
    if (!ok)
        return e->code;
    if (done.signal)
        return 128 + done.signal;
    return done.faults || has_error(run) ? ERROR_RUN : 0;
}

int cmd_run(const struct options *options, struct error *e)
{
    if (options->arguments.count == 0) {
        error_set(e, ERROR_NOTHING, "which image? (plimsoll run --help)");
        return ERROR_NOTHING;
    }
    struct installation where;
    struct run *run = cmd_catalogue_at(&where, options->cache, e);
    if (!run)
        return e->code;
    int code = observe(options, run, &where, e);
    installation_done(&where);
    run_free(run);
    return code;
}
