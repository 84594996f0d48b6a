/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll list: checks, cells, platforms, images, flavors, reports. */
#include "harness/base/nearest.h"
#include "harness/cmd.h"
#include "harness/cmd_catalogue.h"
#include "harness/cmd_matrix.h"
#include "reports/report.h"

#include <stdio.h>
#include <string.h>

static int list_checks(const struct options *options, struct error *e)
{
    (void)options;
    struct run *run = cmd_catalogue(e);
    if (!run)
        return e->code;
    for (size_t i = 0; i < run->check_count; i++)
        printf("%-40s %s\n", run->checks[i].id, run->checks[i].says);
    run_free(run);
    return 0;
}

static int list_platforms(const struct options *options, struct error *e)
{
    (void)options;
    (void)e;
    const struct platform *host = platform_of_host();
    for (size_t i = 0; i < platform_count; i++) {
        const struct platform *p = &platforms[i];
        printf("%-15s %-9s %-8s %d bits, %s endian%s\n", p->name, p->debian, p->uname, p->bits,
               p->big_endian ? "big" : "little", p == host ? ", this host" : "");
    }
    return 0;
}

static int list_flavors(const struct options *options, struct error *e)
{
    (void)options;
    (void)e;
    for (enum flavor f = GLIBC_DYNAMIC; f < FLAVOR_NONE; f++)
        printf("%-14s %s\n", flavor_name(f),
               strcmp(flavor_linkage(f), "dynamic") == 0
                   ? "uses the image's libc and its files"
                   : "brings its own libc, uses the image's files");
    return 0;
}

static int list_reports(const struct options *options, struct error *e)
{
    (void)options;
    (void)e;
    for (size_t i = 0; i < report_format_count; i++)
        printf("%-10s %s\n", report_formats[i].name, report_formats[i].description);
    return 0;
}

static int list_images(const struct options *options, struct error *e)
{
    struct matrix *matrix = cmd_matrix(options, e);
    if (!matrix)
        return e->code;
    size_t count;
    const struct matrix_image *images = matrix_images(matrix, &count);
    for (size_t i = 0; i < count; i++)
        printf("%-20s %s\n", images[i].name, images[i].reference);
    matrix_free(matrix);
    return 0;
}

static void print_cells(const struct matrix *matrix, const struct matrix_image *image)
{
    size_t platform_number = image->platform_count, flavor_number;
    const struct platform *const *wanted = (const struct platform *const *)image->platforms;
    const enum flavor *flavors = matrix_flavors(matrix, &flavor_number);
    if (platform_number == 0)
        wanted = matrix_platforms(matrix, &platform_number);
    for (size_t i = 0; i < platform_number || (i == 0 && platform_number == 0); i++)
        for (size_t k = 0; k < (flavor_number ? flavor_number : FLAVOR_COUNT); k++)
            printf("%s/%s/%s\n", image->name, platform_number ? wanted[i]->name : "(its platform)",
                   flavor_name(flavor_number ? flavors[k] : (enum flavor)k));
}

static int list_cells(const struct options *options, struct error *e)
{
    struct matrix *matrix = cmd_matrix(options, e);
    if (!matrix)
        return e->code;
    size_t count;
    const struct matrix_image *images = matrix_images(matrix, &count);
    for (size_t i = 0; i < count; i++)
        print_cells(matrix, &images[i]);
    matrix_free(matrix);
    return 0;
}

static const struct {
    const char *name;
    int (*list)(const struct options *options, struct error *e);
} lists[] = {
    {"checks", list_checks}, {"cells", list_cells},     {"platforms", list_platforms},
    {"images", list_images}, {"flavors", list_flavors}, {"reports", list_reports},
};

int cmd_list(const struct options *options, struct error *e)
{
    const char *what = options->arguments.count == 1 ? options->arguments.items[0] : "";
    struct nearest near = {.word = what};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].name, what) == 0)
            return lists[i].list(options, e);
        nearest_offer(&near, lists[i].name);
    }
    CLEANUP_FREE char *hint = nearest_hint(&near);
    error_set(e, ERROR_USAGE, "list checks, cells, platforms, images, flavors or reports%s", hint);
    return ERROR_USAGE;
}
