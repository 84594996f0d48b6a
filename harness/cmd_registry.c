/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/cmd_registry.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRIES_MAX = 30, SECONDS_MAX = 3600 };

static void show_progress(void *data, uint64_t done, uint64_t all)
{
    progress_bytes(data, done, all, "of layers");
}

static void show_request(void *data, const char *method, const char *url, const char *outcome)
{
    progress_say(data, "%s %s: %s", method, url, outcome);
}

static bool take_number(const char *name, const char *text, double most, double *ret,
                        struct error *e)
{
    char *end;
    if (!text)
        return true;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < 0 || value > most)
        return error_set(e, ERROR_USAGE, "--%s is a number from 0 to %g, not \"%s\"", name, most,
                         text);
    *ret = value;
    return true;
}

static bool take_verify(const char *text, bool *ret_insecure, struct error *e)
{
    *ret_insecure = text && strcmp(text, "false") == 0;
    return !text || *ret_insecure || strcmp(text, "true") == 0 ||
           error_set(e, ERROR_USAGE, "--tls-verify is true or false, not \"%s\"", text);
}

bool cmd_registry_options(const struct options *o, struct progress *progress,
                          struct registry_options *ret, struct error *e)
{
    struct registry_options r = REGISTRY_OPTIONS_INIT;
    double retries = r.retries;
    if (!take_number("retries", o->retries, RETRIES_MAX, &retries, e) ||
        !take_number("retry-delay", o->retry_delay, SECONDS_MAX, &r.retry_delay, e) ||
        !take_number("stall-limit", o->stall_limit, SECONDS_MAX, &r.stall_limit, e) ||
        !take_verify(o->tls_verify, &r.insecure, e))
        return false;
    r.retries = (unsigned)retries;
    r.authfile = o->authfile;
    r.cert_dir = o->cert_dir;
    r.offline = o->offline;
    r.events = (struct registry_events){show_progress, o->verbose ? show_request : NULL, progress};
    if (r.insecure && !r.offline)
        fputs("plimsoll: --tls-verify=false: anybody may stand in for a registry\n", stderr);
    *ret = r;
    return true;
}
