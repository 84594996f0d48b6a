/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/catalogue.h"
#include "harness/base/command.h"
#include "harness/base/text.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_LIMIT = 4 * 1024 * 1024, DEFAULT_LIMIT = 5 };

static const char *get_text(struct pool *pool, const json_t *object, const char *key)
{
    return pool_intern(pool, json_string_value(json_object_get(object, key)));
}

/* The texts of a check: its key in the list, and where it belongs. */
static const struct {
    const char *key;
    size_t field;
} texts[] = {
    {"id", offsetof(struct check, id)},
    {"says", offsetof(struct check, says)},
    {"why", offsetof(struct check, why)},
    {"help", offsetof(struct check, help)},
    {"refs", offsetof(struct check, refs)},
    {"needs", offsetof(struct check, needs)},
    {"resolv_conf", offsetof(struct check, fixture.resolv_conf)},
    {"hosts", offsetof(struct check, fixture.hosts)},
    {"nsswitch", offsetof(struct check, fixture.nsswitch)},
    {"zone", offsetof(struct check, fixture.zone)},
    {"environment", offsetof(struct check, fixture.environment)},
    {"syslog", offsetof(struct check, fixture.syslog)},
};
enum { TEXT_COUNT = sizeof texts / sizeof *texts };

static const char **field_of(struct check *c, size_t i)
{
    void *field = (char *)c + texts[i].field;
    return field;
}

static bool add_check(struct run *run, const struct check *check, struct error *e)
{
    struct check c = *check;
    if (!c.id || !c.says || !area_of_check(c.id, &c.area))
        return error_set(e, ERROR_RUN, "a check without a good id or statement: %s",
                         c.id ? c.id : "(no id)");
    *ARRAY_ADD(&run->checks, &run->check_count) = c;
    return true;
}

static bool parse_check(struct run *run, const json_t *object, struct error *e)
{
    struct check c = {.id = NULL};
    json_int_t limit = json_integer_value(json_object_get(object, "limit"));
    for (size_t i = 0; i < TEXT_COUNT; i++)
        *field_of(&c, i) = get_text(run->pool, object, texts[i].key);
    c.limit = limit > 0 ? (double)limit : DEFAULT_LIMIT;
    c.waits = json_is_true(json_object_get(object, "waits"));
    return add_check(run, &c, e);
}

static int compare_checks(const void *a, const void *b)
{
    return strcmp(((const struct check *)a)->id, ((const struct check *)b)->id);
}

static bool sort_checks(struct run *run, struct error *e)
{
    if (run->check_count > 0)
        qsort(run->checks, run->check_count, sizeof *run->checks, compare_checks);
    for (size_t i = 1; i < run->check_count; i++)
        if (strcmp(run->checks[i - 1].id, run->checks[i].id) == 0)
            return error_set(e, ERROR_RUN, "%s is listed twice", run->checks[i].id);
    return true;
}

static bool parse_list(struct run *run, const char *json, size_t length, const char *name,
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
    return ok || error_context(e, "%s --list", name);
}

bool catalogue_parse(struct run *run, const char *json, size_t length, const char *name,
                     struct error *e)
{
    return parse_list(run, json, length, name, e) &&
           (sort_checks(run, e) || error_context(e, "%s --list", name));
}

/* ---- remembered: of each check its numbers, then its texts ---- */

static void remember(const struct memo *m, const char *key, const struct run *run, size_t first)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    for (size_t i = first; i < run->check_count; i++) {
        struct check c = run->checks[i];
        CLEANUP_FREE char *numbers = must_printf("%a %d", c.limit, c.waits);
        memo_add_text(&t, numbers);
        for (size_t k = 0; k < TEXT_COUNT; k++)
            memo_add_text(&t, *field_of(&c, k));
    }
    memo_remember(m, key, text_get(&t), t.length);
}

static bool recall_check(struct run *run, const char *numbers, const char **cursor, const char *end)
{
    struct check c = {.id = NULL};
    struct error ignored = ERROR_INIT;
    char *rest = NULL;
    c.limit = strtod(numbers ? numbers : "", &rest);
    c.waits = strcmp(rest, " 1") == 0;
    for (size_t k = 0; k < TEXT_COUNT; k++) {
        const char *text;
        if (!memo_next_text(cursor, end, &text))
            return false;
        *field_of(&c, k) = pool_intern(run->pool, text);
    }
    bool ok = add_check(run, &c, &ignored);
    error_clear(&ignored);
    return ok;
}

static bool recall(struct run *run, const struct memo *m, const char *key)
{
    size_t length, before = run->check_count;
    CLEANUP_FREE char *data = memo_recall(m, key, &length);
    const char *cursor = data, *end = data ? data + length : NULL;
    bool ok = data != NULL;
    for (const char *numbers; ok && memo_next_text(&cursor, end, &numbers);)
        ok = recall_check(run, numbers, &cursor, end);
    if (!ok)
        run->check_count = before;
    return ok;
}

/* ---- all areas ---- */

struct listing {
    char *program;
    char key[SHA256_TEXT_SIZE];
    bool keyed, known; /* whether the answer can be remembered, and was */
    struct command command;
};

static bool start_listing(struct run *run, struct listing *l, const struct memo *m, struct error *e)
{
    char *argv[] = {l->program, (char[]){"--list"}, NULL};
    l->keyed = memo_file_key(m, "checks", l->program, l->key);
    l->known = l->keyed && recall(run, m, l->key);
    return l->known || command_start(&l->command, argv, e);
}

static bool finish_listing(struct run *run, struct listing *l, const struct memo *m,
                           struct error *e)
{
    size_t length = 0, first = run->check_count;
    if (l->known)
        return true;
    CLEANUP_FREE char *json = command_finish(&l->command, LIST_LIMIT, &length, e);
    if (!json || !parse_list(run, json, length, l->program, e))
        return false;
    if (l->keyed)
        remember(m, l->key, run, first);
    return true;
}

bool catalogue_load(struct run *run, const struct installation *where, struct error *e)
{
    const struct platform *host = platform_of_host();
    if (!host)
        return error_set(e, ERROR_RUN, "no probes are built for this host's architecture");
    struct listing listings[AREA_IMAGE] = {0};
    bool ok = true;
    for (int a = 0; a < AREA_IMAGE; a++) {
        listings[a].program = installation_probe(where, host, MUSL_STATIC, (enum area)a);
        ok = ok && start_listing(run, &listings[a], &where->memo, e);
    }
    for (int a = 0; a < AREA_IMAGE; a++) {
        ok = ok && finish_listing(run, &listings[a], &where->memo, e);
        command_stop(&listings[a].command);
        free(listings[a].program);
    }
    return ok && sort_checks(run, e);
}
