/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll lint [MATRIX...]: what is wrong with a matrix, found without running anything. */
#include "harness/cmd.h"
#include "harness/cmd_catalogue.h"
#include "harness/cmd_matrix.h"
#include "harness/host.h"

#include <stdio.h>
#include <stdlib.h>

static void print_finding(const struct lint_finding *f)
{
    if (f->line > 0)
        printf("%s:%u:%u: %s: %s\n", f->file, f->line, f->column, f->kind, f->text);
    else
        printf("%s: %s: %s\n", f->file, f->kind, f->text);
}

static int report_findings(const struct matrix *matrix, const struct run *run, bool strict)
{
    struct lint_finding *findings = NULL;
    size_t count = 0, faults;
    faults = matrix_lint(matrix, run->checks, run->check_count, host_now(), run->pool, &findings,
                         &count);
    for (size_t i = 0; i < count; i++)
        print_finding(&findings[i]);
    free(findings);
    if (count == 0)
        puts("nothing to remark");
    return faults > 0 || (strict && count > 0) ? ERROR_USAGE : 0;
}

int cmd_lint(const struct options *options, struct error *e)
{
    struct options named = *options; /* arguments are matrices too */
    struct matrix *matrix = NULL;
    if (options->arguments.count > 0)
        named.matrices = options->arguments;
    struct run *run = cmd_catalogue(e);
    if (run)
        matrix = cmd_matrix(&named, e);
    int code = matrix && matrix_check(matrix, run->checks, run->check_count, e)
                   ? report_findings(matrix, run, options->strict)
                   : (int)e->code;
    matrix_free(matrix);
    run_free(run);
    return code;
}
