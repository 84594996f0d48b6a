/* SPDX-License-Identifier: Apache-2.0 */
/* The program around the checks of an area: its options, its order, its output.
 *
 *     {"hello":{"probe":1,"area":"exec","flavor":"glibc-dynamic","platform":"linux/arm64",
 *               "libc":"glibc 2.36","compiler":"clang 19.1.7","built-with":"glibc 2.31",
 *               "emulated":true,"checks":12}}
 *     {"check":"exec.start","status":"value","value":"ok"}
 *     {"end":{"checks":12}}
 *
 * One write a line. "checks" is the number of the checks to be run. Exit code 2 is a bad option, 3
 * an output that cannot be written. */
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#define TEXT_OF(x) #x
#define NUMBER_TEXT(x) TEXT_OF(x)

#ifdef __GLIBC__
#define BUILT_WITH "glibc " NUMBER_TEXT(__GLIBC__) "." NUMBER_TEXT(__GLIBC_MINOR__)
#elif defined PROBE_LIBC_VERSION
#define BUILT_WITH "musl " PROBE_LIBC_VERSION
#else
#define BUILT_WITH "musl"
#endif

#ifndef PROBE_COMPILER
#define PROBE_COMPILER __VERSION__
#endif

enum { CHECKS_MAX = 512 };

static const struct check *chosen[CHECKS_MAX]; /* by id */
static size_t chosen_count;
static int output = STDOUT_FILENO;

/* What the libc says of itself. musl has no call for it: a static one is the one it was built
 * with, of a dynamic one only the image knows. */
static const char *libc_here(void)
{
#ifdef __GLIBC__
    static char text[64];
    text_join(text, sizeof text, "glibc ", gnu_get_libc_version());
    return text;
#else
    return strcmp(PROBE_FLAVOR, "musl-static") ? "musl" : BUILT_WITH;
#endif
}

/* The part of the first check's id before the dot. */
static const char *area(void)
{
    static char name[32];
    const struct check *const *first = __start_plimsoll_checks;
    const char *id = first < __stop_plimsoll_checks ? (*first)->id : "";
    for (size_t i = 0; i + 1 < sizeof name && id[i] && id[i] != '.'; i++)
        name[i] = id[i];
    return name;
}

/* Into its place; the harness names them in order, so that is mostly the end. False: no room. */
static bool choose(const struct check *c)
{
    size_t at = chosen_count;
    int order = 1;
    while (at > 0 && (order = strcmp(c->id, chosen[at - 1]->id)) < 0)
        at--;
    if (order == 0)
        return true;
    if (chosen_count == CHECKS_MAX)
        return false;
    for (size_t i = chosen_count++; i > at; i--)
        chosen[i] = chosen[i - 1];
    chosen[at] = c;
    return true;
}

static bool choose_all(void)
{
    for (const struct check *const *c = __start_plimsoll_checks; c < __stop_plimsoll_checks; c++)
        if (!choose(*c))
            return false;
    return true;
}

static bool print(struct json *j)
{
    json_raw(j, "\n");
    ssize_t n = write(output, j->text, j->length);
    bool ok = n == (ssize_t)j->length && !j->full;
    j->length = 0;
    return ok;
}

static bool print_listed(const struct check *c, const char *before, struct json *j)
{
    json_raw(j, before);
    json_raw(j, "{");
    json_text(j, "id", c->id);
    json_text(j, "area", area());
    json_text(j, "says", c->says);
    json_text(j, "why", c->why);
    json_text(j, "help", c->help);
    json_text(j, "refs", c->refs);
    json_text(j, "needs", c->needs);
    json_text(j, "resolv_conf", c->resolv_conf);
    json_text(j, "hosts", c->hosts);
    json_text(j, "nsswitch", c->nsswitch);
    json_text(j, "zone", c->zone);
    json_text(j, "environment", c->environment);
    json_text(j, "syslog", c->syslog);
    json_number(j, "limit", c->limit ? c->limit : 5);
    json_bool(j, "waits", c->waits);
    json_raw(j, "}");
    return print(j);
}

static int list(struct json *j)
{
    bool ok = true;
    for (size_t i = 0; ok && i < chosen_count; i++)
        ok = print_listed(chosen[i], i ? "," : "[", j);
    json_raw(j, chosen_count ? "]" : "[]");
    return ok && print(j) ? 0 : 3;
}

static bool print_hello(struct json *j)
{
    json_raw(j, "{\"hello\":{");
    json_number(j, "probe", 1);
    json_text(j, "area", area());
    json_text(j, "flavor", PROBE_FLAVOR);
    json_text(j, "platform", PROBE_PLATFORM);
    json_text(j, "libc", libc_here());
    json_text(j, "compiler", PROBE_COMPILER);
    json_text(j, "built-with", BUILT_WITH);
    json_bool(j, "emulated", emulated());
    json_number(j, "checks", chosen_count);
    json_raw(j, "}}");
    return print(j);
}

static bool print_outcome(const struct check *c, const struct outcome *o, void *data)
{
    struct json *j = data;
    json_raw(j, "{");
    json_text(j, "check", c->id);
    json_text(j, "status", o->status);
    json_text(j, "value", o->value);
    json_raw(j, "}");
    return print(j);
}

static int run(struct json *j)
{
    bool ok = print_hello(j);
    run_warm(chosen_count); /* what goes wrong there is not silent after the hello */
    ok = ok && run_checks(chosen, chosen_count, print_outcome, j);
    json_raw(j, "{\"end\":{");
    json_number(j, "checks", chosen_count);
    json_raw(j, "}}");
    return ok && print(j) ? 0 : 3;
}

/* Ours, whatever the one who started us left: signals, core files. */
static void start_clean(void)
{
    for (int s = 1; s <= 64; s++)
        signal(s, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    struct rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) == 0) {
        core.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &core);
    }
}

/* The exit code; 0 when it is chosen. */
static int choose_named(const char *id)
{
    for (const struct check *const *c = __start_plimsoll_checks; c < __stop_plimsoll_checks; c++)
        if (!strcmp((*c)->id, id))
            return choose(*c) ? 0 : 3;
    fprintf(stderr, "%s: no check of that name: %s\n", area(), id);
    return 2;
}

static int usage(void)
{
    fprintf(stderr, "usage: %s --list | [--check ID]...\n", area());
    return 2;
}

int probe_main(int argc, char **argv)
{
    const char *role = getenv("PLIMSOLL_ROLE");
    if (role && play_role)
        return play_role(role, argc, argv);
    static char text[65536];
    struct json j = {text, sizeof text, 0, false};
    if (argc == 2 && !strcmp(argv[1], "--list"))
        return choose_all() ? list(&j) : 3;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc || strcmp(argv[i], "--check") != 0)
            return usage();
        int failed = choose_named(argv[i + 1]);
        if (failed)
            return failed;
    }
    if (argc <= 1 && !choose_all())
        return 3;
    warm_first();
    start_clean();
    return run_begin(&output) ? run(&j) : 3;
}
