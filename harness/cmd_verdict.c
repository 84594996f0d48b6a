/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_verdict.h"
#include "harness/base/nearest.h"
#include "harness/host.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct wanted_report {
    const struct report_format *format;
    const char *path; /* "-": stdout */
};

/* "json=FILE" or "json" */
static bool parse_report(const char *text, struct wanted_report *ret, struct error *e)
{
    size_t length = strcspn(text, "=");
    CLEANUP_FREE char *name = must_printf("%.*s", (int)length, text);
    ret->format = report_format_by_name(name);
    ret->path = text[length] == '=' && text[length + 1] ? text + length + 1 : "-";
    if (ret->format)
        return true;
    struct nearest near = {.word = name};
    for (size_t i = 0; i < report_format_count; i++)
        nearest_offer(&near, report_formats[i].name);
    CLEANUP_FREE char *hint = nearest_hint(&near);
    return error_set(e, ERROR_USAGE, "unknown report format \"%s\"%s", name, hint);
}

static bool parse_color(const char *text, enum report_color *ret, struct error *e)
{
    static const char *const names[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (!text || strcmp(text, names[i]) == 0) {
            *ret = (enum report_color)i;
            return true;
        }
    }
    return error_set(e, ERROR_USAGE, "--color is auto, always or never, not \"%s\"", text);
}

bool cmd_reports_valid(const struct options *options, struct error *e)
{
    struct wanted_report wanted;
    enum report_color color;
    for (size_t i = 0; i < options->reports.count; i++)
        if (!parse_report(options->reports.items[i], &wanted, e))
            return false;
    return parse_color(options->color, &color, e);
}

static bool write_reports(const struct options *options, const struct judgement *j, double seconds,
                          struct error *e)
{
    enum report_color color = REPORT_COLOR_AUTO;
    struct wanted_report wanted = {report_format_by_name("terminal"), "-"};
    if (!parse_color(options->color, &color, e))
        return false;
    struct report_options o = report_options_for(STDOUT_FILENO, color);
    o.seconds = seconds;
    o.verbosity = options->verbose ? REPORT_VERBOSE : options->quiet ? REPORT_QUIET : REPORT_NORMAL;
    bool ok = options->reports.count > 0 || report_write(wanted.format, j, &o, wanted.path, e);
    for (size_t i = 0; ok && i < options->reports.count; i++)
        ok = parse_report(options->reports.items[i], &wanted, e) &&
             report_write(wanted.format, j, &o, wanted.path, e);
    return ok;
}

int cmd_verdict(const struct options *options, const struct matrix *matrix, const struct run *run,
                double seconds, int unopened, struct error *e)
{
    struct judgement *j = judgement_new(run);
    struct judge_options how = {.now = host_now(), .strict = options->strict};
    int code = ERROR_RUN;
    j->unopened = (size_t)unopened;
    if (matrix_judge(matrix, run, &how, j, e) && write_reports(options, j, seconds, e))
        code = judgement_exit_code(j);
    judgement_free(j);
    return error_is_set(e) ? (int)e->code : code;
}
