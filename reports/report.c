/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const struct report_format report_formats[] = {
    {"terminal", "a matrix and the divergences, for people", report_terminal},
    {"json", "every verdict with its identity, for programs", report_json},
    {"junit", "JUnit XML as Jenkins and most CI services read it", report_junit},
};
const size_t report_format_count = sizeof report_formats / sizeof *report_formats;

const struct report_format *report_format_by_name(const char *name)
{
    for (size_t i = 0; i < report_format_count; i++)
        if (strcmp(report_formats[i].name, name) == 0)
            return &report_formats[i];
    return NULL;
}

bool report_write(const struct report_format *format, const struct judgement *j,
                  const struct report_options *o, const char *path, struct error *e)
{
    struct stream out;
    struct report_options adapted = *o;
    adapted.color = o->color && strcmp(path, "-") == 0;
    bool ok = stream_open(&out, path, e) && format->write(j, &adapted, &out, e) &&
              stream_publish(&out, e);
    stream_close(&out);
    return ok || error_context(e, "report %s", format->name);
}

bool report_diverges(enum verdict v)
{
    return v == VERDICT_DIVERGED || v == VERDICT_NEW || v == VERDICT_MISSING || v == VERDICT_FLAKY;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static int terminal_width(int fd)
{
    enum { DEFAULT = 80, LEAST = 40, MOST = 1000 };
    struct winsize size;
    long width = strtol(environment("COLUMNS"), NULL, 10);
    if (width <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width <= 0 ? DEFAULT : width < LEAST ? LEAST : width > MOST ? MOST : (int)width;
}

/* As setlocale would find it, without changing the locale of the process. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = environment(names[i]);
        if (*value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

struct report_options report_options_for(int fd, enum report_color color)
{
    bool dumb = strcmp(environment("TERM"), "dumb") == 0;
    bool wanted = isatty(fd) && !dumb && !*environment("NO_COLOR");
    return (struct report_options){
        .color = color == REPORT_COLOR_ALWAYS || (color == REPORT_COLOR_AUTO && wanted),
        .utf8 = locale_is_utf8(),
        .width = terminal_width(fd),
        .verbosity = REPORT_NORMAL,
    };
}
