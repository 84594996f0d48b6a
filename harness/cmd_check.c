/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll check: run the probes, judge, report: the main job. */
#include "harness/cmd.h"
#include "harness/cmd_catalogue.h"
#include "harness/cmd_matrix.h"
#include "harness/cmd_observe.h"
#include "harness/cmd_verdict.h"
#include "harness/host.h"

#include <stdlib.h>
#include <time.h>

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The arguments, else the images of the matrix; platforms of the matrix where an image has none. */
static struct cmd_image *wanted_images(const struct options *options, const struct matrix *matrix,
                                       size_t *ret_count)
{
    size_t platform_number, count = options->arguments.count, known_count;
    const struct platform *const *common = matrix_platforms(matrix, &platform_number);
    const struct matrix_image *known = matrix_images(matrix, &known_count);
    bool by_argument = count > 0;
    *ret_count = by_argument ? count : known_count;
    struct cmd_image *images = must_calloc(*ret_count, sizeof *images);
    for (size_t i = 0; i < *ret_count; i++) {
        images[i] = (struct cmd_image){.platforms = common, .platform_count = platform_number};
        images[i].name = by_argument ? NULL : known[i].name;
        images[i].reference = by_argument ? options->arguments.items[i] : known[i].reference;
        if (!by_argument && known[i].platform_count > 0) {
            images[i].platforms = (const struct platform *const *)known[i].platforms;
            images[i].platform_count = known[i].platform_count;
        }
    }
    if (by_argument)
        cmd_name_images(images, count);
    return images;
}

static bool observe(const struct options *options, const struct matrix *matrix,
                    const struct installation *where, struct run *run, struct cmd_observation *ret,
                    struct error *e)
{
    size_t count, flavor_count;
    enum flavor flavors[FLAVOR_COUNT];
    struct selection selection;
    if (!cmd_selection(options, flavors, &selection, e))
        return false;
    const enum flavor *usual = matrix_flavors(matrix, &flavor_count);
    if (selection.flavor_count == 0) {
        selection.flavors = usual;
        selection.flavor_count = flavor_count;
    }
    struct cmd_image *images = wanted_images(options, matrix, &count);
    bool ok = count > 0 || error_set(e, ERROR_NOTHING,
                                     "which image? Give one, or a matrix with images "
                                     "(plimsoll check --help)");
    ok =
        ok && cmd_observe(options, images, count, &selection, where, run, options->results, ret, e);
    free(images);
    return ok;
}

static int check(const struct options *options, const struct matrix *matrix,
                 const struct installation *where, struct run *run, struct error *e)
{
    double start = now_seconds();
    struct cmd_observation done;
    host_describe(run);
    if (!cmd_reports_valid(options, e) || !matrix_check(matrix, run->checks, run->check_count, e) ||
        !observe(options, matrix, where, run, &done, e))
        return e->code;
    if (done.signal)
        return 128 + done.signal;
    return cmd_verdict(options, matrix, run, now_seconds() - start, done.faults, e);
}

int cmd_check(const struct options *options, struct error *e)
{
    struct installation where;
    struct matrix *matrix = cmd_matrix(options, e);
    struct run *run = matrix ? cmd_catalogue_at(&where, options->cache, e) : NULL;
    int code = run ? check(options, matrix, &where, run, e) : (int)e->code;
    if (run)
        installation_done(&where);
    run_free(run);
    matrix_free(matrix);
    return code;
}
