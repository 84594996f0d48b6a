/* SPDX-License-Identifier: Apache-2.0 */
/* The command line as data: one table of options, of which each verb takes some. Flag beats
 * environment (PLIMSOLL_NAME for --name, "_" for "-"). */
#pragma once
#include "harness/base/error.h"
#include "harness/model.h"
#include <stddef.h>

enum verb {
    VERB_CHECK = 1 << 0,
    VERB_RUN = 1 << 1,
    VERB_JUDGE = 1 << 2,
    VERB_LIST = 1 << 3,
    VERB_EXPLAIN = 1 << 4,
    VERB_LINT = 1 << 5,
    VERB_DOCTOR = 1 << 6,
    VERB_PULL = 1 << 7,
    VERB_CACHE = 1 << 8,
};

struct texts { /* values of a repeatable option, in order; borrowed from argv or the environment */
    const char **items; /* heap */
    size_t count;
};

struct options {
    struct texts platforms, flavors, checks, skips, matrices, reports, limits, arguments;
    const char *results, *user, *jobs, *color, *cache, *cache_limit, *older, *limit;
    const char *authfile, *cert_dir, *tls_verify, *retries, *retry_delay, *stall_limit;
    bool offline, fetch_only, emulate, strict, repair, quiet, verbose, help;
};

/* Parses what follows the verb. Every fault is ERROR_USAGE and names the option. */
bool options_parse(int argc, char **argv, enum verb verb, struct options *ret,
                   struct error *e) NONNULL MUST_CHECK;
void options_done(struct options *o) NONNULL;

/* The options of a verb as lines for its help; the caller frees it. */
char *options_help(enum verb verb) MUST_CHECK;
