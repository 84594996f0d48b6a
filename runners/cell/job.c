/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/job.h"
#include "harness/base/pool.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LIMIT 60.0
#define LONGEST_LIMIT 86400.0

static void free_strings(char **strings)
{
    for (size_t i = 0; strings && strings[i]; i++)
        free(strings[i]);
    free(strings);
}

static void free_checks(struct job *j)
{
    for (size_t i = 0; i < j->check_count; i++) {
        free(j->checks[i].id);
        free(j->checks[i].resolv_conf);
        free(j->checks[i].hosts);
        free(j->checks[i].zone);
    }
    free(j->checks);
}

void job_done(struct job *j)
{
    free_checks(j);
    free_strings(j->argv);
    free_strings(j->env);
    free(j->resolv_conf);
    free(j->hosts);
    free(j->nsswitch);
    free(j->zone);
    *j = (struct job){0};
}

static bool read_id(struct job *j, const json_t *value, const char *key, struct error *e)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return error_set(e, ERROR_RUN, "%s: expected a number from 0", key);
    j->id = (unsigned long long)json_integer_value(value);
    j->known = true;
    return true;
}

static char **read_strings(const json_t *value, const char *key, struct error *e)
{
    size_t count = json_array_size(value), bytes = 0;
    if (!json_is_array(value) || count > JOB_STRINGS_MAX) {
        error_set(e, ERROR_RUN, "%s: expected an array of at most %d texts", key, JOB_STRINGS_MAX);
        return NULL;
    }
    char **strings = must_calloc(count + 1, sizeof *strings);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(value, i));
        bytes += text ? strlen(text) : 0;
        if (!text || bytes > JOB_BYTES_MAX) {
            error_set(e, ERROR_RUN, text ? "%s: too long" : "%s: expected texts", key);
            free_strings(strings);
            return NULL;
        }
        strings[i] = must_strdup(text);
    }
    return strings;
}

static bool read_argv(struct job *j, const json_t *value, const char *key, struct error *e)
{
    j->argv = read_strings(value, key, e);
    if (!j->argv)
        return false;
    return (j->argv[0] && j->argv[0][0] == '/') ||
           error_set(e, ERROR_RUN, "%s: expected an absolute path first", key);
}

static bool read_env(struct job *j, const json_t *value, const char *key, struct error *e)
{
    if (json_is_null(value))
        return true;
    j->env = read_strings(value, key, e);
    for (size_t i = 0; j->env && j->env[i]; i++)
        if (j->env[i][0] == '=' || !strchr(j->env[i], '='))
            return error_set(e, ERROR_RUN, "%s: expected NAME=value", key);
    return j->env != NULL;
}

static bool read_seconds(double *ret, const json_t *value, const char *key, struct error *e)
{
    double seconds = json_number_value(value);
    if (!json_is_number(value) || !(seconds > 0) || seconds > LONGEST_LIMIT)
        return error_set(e, ERROR_RUN, "%s: expected seconds, up to a day", key);
    *ret = seconds;
    return true;
}

static bool read_limit(struct job *j, const json_t *value, const char *key, struct error *e)
{
    return read_seconds(&j->limit, value, key, e);
}

static bool read_idle(struct job *j, const json_t *value, const char *key, struct error *e)
{
    return read_seconds(&j->idle, value, key, e);
}

static bool read_text(char **ret, const json_t *value, const char *key, struct error *e)
{
    if (json_is_null(value))
        return true;
    if (!json_is_string(value) || json_string_length(value) > JOB_BYTES_MAX)
        return error_set(e, ERROR_RUN, "%s: expected a text of at most %d bytes", key,
                         JOB_BYTES_MAX);
    *ret = must_strdup(json_string_value(value));
    return true;
}

static bool read_resolv_conf(struct job *j, const json_t *value, const char *key, struct error *e)
{
    return read_text(&j->resolv_conf, value, key, e);
}

static bool read_hosts(struct job *j, const json_t *value, const char *key, struct error *e)
{
    return read_text(&j->hosts, value, key, e);
}

static bool read_nsswitch(struct job *j, const json_t *value, const char *key, struct error *e)
{
    return read_text(&j->nsswitch, value, key, e);
}

static bool read_zone(struct job *j, const json_t *value, const char *key, struct error *e)
{
    return read_text(&j->zone, value, key, e);
}

static bool read_syslog(struct job *j, const json_t *value, const char *key, struct error *e)
{
    if (json_is_null(value))
        return true;
    const char *name = json_string_value(value);
    return (name && syslog_kind_parse(name, &j->syslog)) ||
           error_set(e, ERROR_RUN, "%s: expected dgram, stream or none", key);
}

static bool read_check(struct job_check *c, const json_t *value, struct error *e)
{
    const json_t *resolv_conf = json_object_get(value, "resolv_conf"),
                 *hosts = json_object_get(value, "hosts"), *zone = json_object_get(value, "zone");
    if (!json_is_object(value) ||
        json_object_size(value) != (size_t)(resolv_conf != NULL) + (hosts != NULL) + (zone != NULL))
        return error_set(e, ERROR_RUN, "expected an object of resolv_conf, hosts and zone");
    return (!resolv_conf || read_text(&c->resolv_conf, resolv_conf, "resolv_conf", e)) &&
           (!hosts || read_text(&c->hosts, hosts, "hosts", e)) &&
           (!zone || read_text(&c->zone, zone, "zone", e));
}

static bool read_checks(struct job *j, const json_t *value, const char *key, struct error *e)
{
    if (json_is_null(value))
        return true;
    if (!json_is_object(value) || json_object_size(value) > JOB_CHECKS_MAX)
        return error_set(e, ERROR_RUN, "%s: expected an object of at most %d checks", key,
                         JOB_CHECKS_MAX);
    j->checks = must_calloc(json_object_size(value) + 1, sizeof *j->checks);
    const char *id;
    const json_t *check;
    json_object_foreach((json_t *)value, id, check)
    {
        j->checks[j->check_count].id = must_strdup(id);
        if (!read_check(&j->checks[j->check_count++], check, e))
            return error_context(e, "%s", key);
    }
    return true;
}

static const struct {
    const char *key;
    bool (*read)(struct job *j, const json_t *value, const char *key, struct error *e);
} fields[] = {
    {"job", read_id},
    {"argv", read_argv},
    {"env", read_env},
    {"limit", read_limit},
    {"idle", read_idle},
    {"hosts", read_hosts},
    {"resolv_conf", read_resolv_conf},
    {"nsswitch", read_nsswitch},
    {"zone", read_zone},
    {"syslog", read_syslog},
    {"checks", read_checks},
};

/* In the table's order, so that the id is known before anything else can be wrong. */
static bool read_fields(struct job *j, const json_t *object, struct error *e)
{
    size_t found = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const json_t *value = json_object_get(object, fields[i].key);
        found += value != NULL;
        if (value && !fields[i].read(j, value, fields[i].key, e))
            return false;
    }
    if (!j->known || !j->argv)
        return error_set(e, ERROR_RUN, "job and argv must be there");
    return found == json_object_size(object) ||
           error_set(e, ERROR_RUN, "there is a field that no job has");
}

bool job_parse(struct job *j, const char *line, size_t length, struct error *e)
{
    json_error_t reason;
    *j = (struct job){.limit = DEFAULT_LIMIT, .idle = LONGEST_LIMIT, .syslog = SYSLOG_DGRAM};
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &reason);
    if (!object)
        return error_set(e, ERROR_RUN, "a job is no JSON: %s", reason.text);
    bool fine = json_is_object(object) ? read_fields(j, object, e)
                                       : error_set(e, ERROR_RUN, "a job is no JSON object");
    json_decref(object);
    return fine;
}
