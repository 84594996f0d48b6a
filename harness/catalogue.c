/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/catalogue.h"
#include "harness/base/command.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_LIMIT = 4 * 1024 * 1024, DEFAULT_LIMIT = 5 };

static const char *get_text(struct pool *pool, const json_t *object, const char *key)
{
    return pool_intern(pool, json_string_value(json_object_get(object, key)));
}

static bool parse_check(struct run *run, const json_t *object, struct error *e)
{
    struct pool *p = run->pool;
    struct check c = {.id = get_text(p, object, "id"), .says = get_text(p, object, "says")};
    if (!c.id || !c.says || !area_of_check(c.id, &c.area))
        return error_set(e, ERROR_RUN, "a check without a good id or statement: %s",
                         c.id ? c.id : "(no id)");
    if (run_check(run, c.id))
        return error_set(e, ERROR_RUN, "%s is listed twice", c.id);
    c.why = get_text(p, object, "why");
    c.help = get_text(p, object, "help");
    c.refs = get_text(p, object, "refs");
    c.needs = get_text(p, object, "needs");
    json_int_t limit = json_integer_value(json_object_get(object, "limit"));
    c.limit = limit > 0 ? (double)limit : DEFAULT_LIMIT;
    c.waits = json_is_true(json_object_get(object, "waits"));
    c.fixture = (struct fixture){
        .resolv_conf = get_text(p, object, "resolv_conf"),
        .hosts = get_text(p, object, "hosts"),
        .nsswitch = get_text(p, object, "nsswitch"),
        .zone = get_text(p, object, "zone"),
        .environment = get_text(p, object, "environment"),
        .syslog = get_text(p, object, "syslog"),
    };
    *ARRAY_ADD(&run->checks, &run->check_count) = c;
    return true;
}

static int compare_checks(const void *a, const void *b)
{
    return strcmp(((const struct check *)a)->id, ((const struct check *)b)->id);
}

bool catalogue_parse(struct run *run, const char *json, size_t length, const char *name,
                     struct error *e)
{
    json_error_t fault;
    json_t *list = json_loadb(json, length, JSON_REJECT_DUPLICATES, &fault);
    if (!list)
        return error_set(e, ERROR_RUN, "%s --list, line %d column %d: %s", name, fault.line,
                         fault.column, fault.text);
    bool ok = json_is_array(list) || error_set(e, ERROR_RUN, "not a JSON array");
    for (size_t i = 0; ok && i < json_array_size(list); i++)
        ok = parse_check(run, json_array_get(list, i), e);
    json_decref(list);
    if (!ok)
        return error_context(e, "%s --list", name);
    qsort(run->checks, run->check_count, sizeof *run->checks, compare_checks);
    return true;
}

static bool finish_listing(struct run *run, struct command *listing, struct error *e)
{
    size_t length = 0;
    CLEANUP_FREE char *json = command_finish(listing, LIST_LIMIT, &length, e);
    return json && catalogue_parse(run, json, length, listing->program, e);
}

bool catalogue_load(struct run *run, const struct installation *where, struct error *e)
{
    const struct platform *host = platform_of_host();
    if (!host)
        return error_set(e, ERROR_RUN, "no probes are built for this host's architecture");
    struct command listings[AREA_IMAGE] = {0};
    char *programs[AREA_IMAGE];
    bool ok = true;
    for (int a = 0; a < AREA_IMAGE; a++) {
        programs[a] = installation_probe(where, host, MUSL_STATIC, (enum area)a);
        char *argv[] = {programs[a], (char[]){"--list"}, NULL};
        ok = ok && command_start(&listings[a], argv, e);
    }
    for (int a = 0; a < AREA_IMAGE; a++) {
        ok = ok && finish_listing(run, &listings[a], e);
        command_stop(&listings[a]);
        free(programs[a]);
    }
    return ok;
}
