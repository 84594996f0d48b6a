/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/options.h"
#include "harness/base/nearest.h"
#include "harness/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    OBSERVE = VERB_CHECK | VERB_RUN,
    OPEN = OBSERVE | VERB_PULL, /* opens images */
    JUDGES = VERB_CHECK | VERB_JUDGE,
};

struct option {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL: a switch */
    bool repeatable;      /* the field is a struct texts */
    unsigned verbs;
    size_t field;
    const char *help;
};

#define FIELD(member) offsetof(struct options, member)

static const struct option table[] = {
    {"platform", 0, "PLATFORM", true, OPEN, FIELD(platforms),
     "linux/arm64, arm64 or aarch64; repeat for several, \"all\" for all the image has"},
    {"flavor", 0, "FLAVOR", true, OBSERVE, FIELD(flavors),
     "glibc-dynamic, glibc-static, musl-dynamic or musl-static; repeatable"},
    {"check", 0, "GLOB", true, OBSERVE, FIELD(checks), "only the checks that match; repeatable"},
    {"skip", 0, "GLOB", true, OBSERVE, FIELD(skips), "not the checks that match; repeatable"},
    {"matrix", 0, "FILE", true, JUDGES | VERB_LINT | VERB_LIST, FIELD(matrices),
     "golden matrix (default ./plimsoll.yaml if there, else builtin); repeatable"},
    {"report", 0, "FORMAT[=FILE]", true, JUDGES, FIELD(reports),
     "see plimsoll list reports; without FILE to stdout; repeatable"},
    {"results", 0, "FILE", false, OBSERVE, FIELD(results), "write the observations there"},
    {"user", 0, "USER[:GROUP]", false, OBSERVE, FIELD(user), "instead of the image's own user"},
    {"jobs", 'j', "N", false, OBSERVE, FIELD(jobs), "busy probes at a time (default: two a CPU)"},
    {"fetch-only", 0, NULL, false, VERB_PULL, FIELD(fetch_only),
     "of registries: fetch, and leave the unpacking to the first use"},
    {"offline", 0, NULL, false, OPEN, FIELD(offline), "ask no registry: only what is in the cache"},
    {"authfile", 0, "FILE", false, OPEN, FIELD(authfile),
     "credentials for registries (default: where podman and docker keep them)"},
    {"cert-dir", 0, "DIR", false, OPEN, FIELD(cert_dir),
     "of registries: CAs (*.crt), own certificate (*.cert, *.key)"},
    {"tls-verify", 0, "BOOL", false, OPEN, FIELD(tls_verify),
     "false: trust any certificate of a registry, and HTTP too"},
    {"retries", 0, "N", false, OPEN, FIELD(retries), "of a registry that fails (5)"},
    {"retry-delay", 0, "SECONDS", false, OPEN, FIELD(retry_delay),
     "before the first retry, then doubled (0.5)"},
    {"stall-limit", 0, "SECONDS", false, OPEN, FIELD(stall_limit),
     "how long a registry may be silent (60)"},
    {"cache", 0, "DIR", false, OPEN | VERB_CACHE | VERB_DOCTOR, FIELD(cache),
     "default $XDG_CACHE_HOME/plimsoll"},
    {"cache-limit", 0, "SIZE", false, OPEN, FIELD(cache_limit),
     "afterwards take the longest unused out of the cache (20G)"},
    {"older", 0, "DAYS", false, VERB_CACHE, FIELD(older), "prune: what was not used for so long"},
    {"limit", 0, "SIZE", false, VERB_CACHE, FIELD(limit),
     "prune: the longest unused, until the rest fits (20G)"},
    {"repair", 0, NULL, false, VERB_CACHE, FIELD(repair), "verify: remove what is damaged"},
    {"emulate", 0, NULL, false, OBSERVE, FIELD(emulate), "emulate the host's own platform too"},
    {"strict", 0, NULL, false, JUDGES | VERB_LINT, FIELD(strict), "remarks on the matrix fail too"},
    {"color", 0, "WHEN", false, JUDGES, FIELD(color), "auto, always or never (also NO_COLOR)"},
    {"unpack-limit", 0, "NAME=VALUE", true, OPEN, FIELD(limits),
     "of entries, bytes, ratio, path, nesting or memory; repeatable"},
    {"quiet", 'q', NULL, false, OPEN | JUDGES, FIELD(quiet),
     "no progress, and only the last line of the report"},
    {"verbose", 'v', NULL, false, OPEN | JUDGES, FIELD(verbose),
     "every verdict, not only bad ones; every request to a registry"},
    {"help", 'h', NULL, false, ~0U, FIELD(help), "this text"},
};

enum { OPTION_COUNT = sizeof table / sizeof *table };

static bool unknown_option(const char *name, enum verb verb, struct error *e)
{
    struct nearest near = {.word = name};
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].verbs & verb)
            nearest_offer(&near, table[i].name);
    CLEANUP_FREE char *hint = nearest_hint(&near);
    return error_set(e, ERROR_USAGE, "unknown option --%s%s", name, hint);
}

static const struct option *find_long(const char *name, size_t length, enum verb verb)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((table[i].verbs & verb) && strlen(table[i].name) == length &&
            strncmp(table[i].name, name, length) == 0)
            return &table[i];
    return NULL;
}

static const struct option *find_letter(char letter, enum verb verb)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((table[i].verbs & verb) && table[i].letter == letter)
            return &table[i];
    return NULL;
}

static void store(struct options *o, const struct option *option, const char *value)
{
    void *field = (char *)o + option->field;
    if (!option->argument) {
        *(bool *)field = true;
    } else if (option->repeatable) {
        struct texts *t = field;
        *ARRAY_ADD(&t->items, &t->count) = value;
    } else {
        *(const char **)field = value;
    }
}

static bool is_set(const struct options *o, const struct option *option)
{
    const void *field = (const char *)o + option->field;
    if (!option->argument)
        return *(const bool *)field;
    return option->repeatable ? ((const struct texts *)field)->count > 0
                              : *(const char *const *)field != NULL;
}

/* PLIMSOLL_RESULTS for --results; a switch is set by anything but "" and "0". */
static void take_environment(struct options *o, enum verb verb)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!(table[i].verbs & verb) || table[i].letter == 'h' || is_set(o, &table[i]))
            continue;
        CLEANUP_FREE char *variable = must_printf("PLIMSOLL_%s", table[i].name);
        for (char *c = variable; *c; c++)
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        const char *value = getenv(variable);
        if (value && *value && (table[i].argument || strcmp(value, "0") != 0))
            store(o, &table[i], value);
    }
}

/* Takes argv[*at] and, when the option wants it, the next one. */
static bool take_option(int argc, char **argv, int *at, enum verb verb, struct options *o,
                        struct error *e)
{
    const char *word = argv[*at], *value = NULL;
    const struct option *option;
    if (word[1] == '-') {
        size_t length = strcspn(word + 2, "=");
        option = find_long(word + 2, length, verb);
        value = word[2 + length] == '=' ? word + 2 + length + 1 : NULL;
        if (!option) {
            CLEANUP_FREE char *name = must_printf("%.*s", (int)length, word + 2);
            return unknown_option(name, verb, e);
        }
    } else {
        option = find_letter(word[1], verb);
        value = word[2] ? word + 2 : NULL;
        if (!option)
            return error_set(e, ERROR_USAGE, "unknown option -%c", word[1]);
    }
    if (!option->argument && value)
        return error_set(e, ERROR_USAGE, "--%s takes no value", option->name);
    if (option->argument && !value) {
        if (*at + 1 >= argc)
            return error_set(e, ERROR_USAGE, "--%s needs a value: %s", option->name,
                             option->argument);
        value = argv[++*at];
    }
    store(o, option, value);
    return true;
}

bool options_parse(int argc, char **argv, enum verb verb, struct options *ret, struct error *e)
{
    struct options o = {.results = NULL};
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (only_arguments || argv[i][0] != '-' || argv[i][1] == '\0') {
            *ARRAY_ADD(&o.arguments.items, &o.arguments.count) = argv[i];
        } else if (!take_option(argc, argv, &i, verb, &o, e)) {
            options_done(&o);
            return false;
        }
    }
    take_environment(&o, verb);
    *ret = o;
    return true;
}

void options_done(struct options *o)
{
    struct texts *lists[] = {&o->platforms, &o->flavors, &o->checks, &o->skips,
                             &o->matrices,  &o->reports, &o->limits, &o->arguments};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]->items);
    *o = (struct options){.results = NULL};
}

char *options_help(enum verb verb)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        if (!(option->verbs & verb))
            continue;
        CLEANUP_FREE char *left = must_printf(
            "%s--%s%s%s", option->letter ? (char[]){'-', option->letter, ',', ' ', 0} : "",
            option->name, option->argument ? " " : "", option->argument ? option->argument : "");
        text_printf(&t, "  %-24s %s\n", left, option->help);
    }
    return text_take(&t);
}
