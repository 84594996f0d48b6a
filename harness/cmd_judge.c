/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll judge RESULTS...: verdicts from stored results alone, each file by itself. */
#include "harness/cmd.h"
#include "harness/cmd_matrix.h"
#include "harness/cmd_verdict.h"
#include "runners/record.h"

#include <stdio.h>

static int judge_file(const struct options *options, const struct matrix *matrix, const char *path,
                      struct error *e)
{
    struct run *run = run_new();
    int code = ERROR_RUN;
    bool ok =
        record_read(path, run, e) &&
        (run->observation_count > 0 || error_set(e, ERROR_RUN, "%s holds no observation", path));
    if (ok) {
        if (!run->complete)
            fprintf(stderr, "plimsoll judge: %s was interrupted: judging what it has\n", path);
        code = cmd_verdict(options, matrix, run, 0, 0, e);
    }
    run_free(run);
    return error_is_set(e) ? (int)e->code : code;
}

/* 1 beats 3, which beats 0. */
static int worse(int a, int b)
{
    return a == 1 || b == 1 ? 1 : a > b ? a : b;
}

int cmd_judge(const struct options *options, struct error *e)
{
    if (options->arguments.count == 0) {
        error_set(e, ERROR_NOTHING, "which results file? (plimsoll judge --help)");
        return ERROR_NOTHING;
    }
    struct matrix *matrix = cmd_reports_valid(options, e) ? cmd_matrix(options, e) : NULL;
    int code = matrix ? 0 : (int)e->code;
    for (size_t i = 0; matrix && !error_is_set(e) && i < options->arguments.count; i++)
        code = worse(code, judge_file(options, matrix, options->arguments.items[i], e));
    matrix_free(matrix);
    return code;
}
