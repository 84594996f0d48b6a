/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll pull: images fetched and unpacked, so that a later run finds them in the cache. */
#include "harness/base/pool.h"
#include "harness/cmd.h"
#include "harness/cmd_cache.h"
#include "harness/cmd_observe.h"

#include <stdio.h>
#include <stdlib.h>

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void print_image(const struct image *image)
{
    printf("%s\t%s\t%s\t%s\t%s\n", image->reference, image->platform->name,
           or_dash(image->manifest_digest), or_dash(image->root), or_dash(image->chain_id));
}

static int pull(const struct options *options, struct run *run, struct error *e)
{
    size_t count = options->arguments.count;
    struct cmd_image *images = must_calloc(count, sizeof *images);
    struct progress progress;
    struct cmd_opening how = {.progress = &progress};
    for (size_t i = 0; i < count; i++)
        images[i].reference = options->arguments.items[i];
    cmd_name_images(images, count);
    progress_init(&progress, options->quiet);
    bool ok =
        cmd_cache_limit_valid(options, e) && cmd_open_images(options, images, count, run, &how, e);
    store_unpin(&how.pins);
    progress_end(&progress);
    free(images);
    if (!ok || !cmd_cache_enforce(options, e))
        return e->code;
    for (size_t i = 0; i < run->image_count; i++)
        print_image(&run->images[i]);
    return how.faults ? ERROR_RUN : 0;
}

int cmd_pull(const struct options *options, struct error *e)
{
    if (options->arguments.count == 0) {
        error_set(e, ERROR_NOTHING, "which image? (plimsoll pull --help)");
        return ERROR_NOTHING;
    }
    struct run *run = run_new();
    int code = pull(options, run, e);
    run_free(run);
    return code;
}
