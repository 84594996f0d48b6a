/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll explain CHECK: what is observed, why it matters, what to do, sources. */
#include "harness/base/nearest.h"
#include "harness/cmd.h"
#include "harness/cmd_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_field(const char *title, const char *text)
{
    if (text && *text)
        printf("%s\n  %s\n", title, text);
}

/* Each line of a multi-line text below its title. */
static void print_lines(const char *title, const char *text)
{
    if (!text || !*text)
        return;
    printf("%s\n", title);
    while (*text) {
        size_t length = strcspn(text, "\n");
        if (length > 0)
            printf("  %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void print_fixture(const struct fixture *f)
{
    print_lines("with resolv.conf (@1 is a server of the cell)", f->resolv_conf);
    print_lines("with hosts", f->hosts);
    print_lines("with nsswitch.conf", f->nsswitch);
    print_lines("with DNS servers that answer", f->zone);
    print_lines("with environment", f->environment);
    print_field("with /dev/log", f->syslog);
}

static void print_check(const struct check *c)
{
    printf("%s: %s\n", c->id, c->says);
    print_field("why", c->why);
    print_field("what to do", c->help);
    print_field("needs", c->needs);
    print_fixture(&c->fixture);
    print_lines("sources", c->refs);
}

static int unknown_check(const struct run *run, const char *id, struct error *e)
{
    struct nearest near = {.word = id};
    for (size_t i = 0; i < run->check_count; i++)
        nearest_offer(&near, run->checks[i].id);
    CLEANUP_FREE char *hint = nearest_hint(&near);
    error_set(e, ERROR_USAGE, "unknown check \"%s\"%s; plimsoll list checks shows them", id, hint);
    return ERROR_USAGE;
}

int cmd_explain(const struct options *options, struct error *e)
{
    if (options->arguments.count == 0) {
        error_set(e, ERROR_USAGE, "which check? (plimsoll list checks shows them)");
        return ERROR_USAGE;
    }
    struct run *run = cmd_catalogue(e);
    int code = run ? 0 : ERROR_RUN;
    for (size_t i = 0; run && code == 0 && i < options->arguments.count; i++) {
        const struct check *check = run_check(run, options->arguments.items[i]);
        if (!check) {
            code = unknown_check(run, options->arguments.items[i], e);
            break;
        }
        if (i > 0)
            putchar('\n');
        print_check(check);
    }
    run_free(run);
    return code;
}
