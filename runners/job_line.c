/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/job_line.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *make_argv(const struct job *job, enum flavor flavor)
{
    json_t *argv = json_array();
    json_array_append_new(
        argv, json_sprintf("%s/%s/%s", CELL_PROBES, flavor_name(flavor), area_name(job->area)));
    for (size_t i = 0; i < job->check_count; i++) {
        json_array_append_new(argv, json_string("--check"));
        json_array_append_new(argv, json_string(job->checks[i]->id));
    }
    return argv;
}

/* "A=1\nB=2\n" as ["A=1","B=2"] */
static json_t *make_environment(const char *lines)
{
    json_t *list = json_array();
    for (const char *at = lines ? lines : ""; *at;) {
        size_t length = strcspn(at, "\n");
        if (length > 0)
            json_array_append_new(list, json_stringn(at, length));
        at += length + (at[length] == '\n');
    }
    return list;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

bool job_gives_each(const struct job *job)
{
    for (size_t i = 0; job->check_count > 1 && i < job->check_count; i++) {
        const struct fixture *f = &job->checks[i]->fixture;
        if (f->resolv_conf || f->hosts || f->zone)
            return true;
    }
    return false;
}

static void set_files(json_t *object, const struct fixture *f)
{
    set_text(object, "resolv_conf", f->resolv_conf);
    set_text(object, "hosts", f->hosts);
    set_text(object, "zone", f->zone);
}

static json_t *make_checks(const struct job *job)
{
    json_t *checks = json_object();
    for (size_t i = 0; i < job->check_count; i++) {
        json_t *check = json_object();
        set_files(check, &job->checks[i]->fixture);
        json_object_set_new(checks, job->checks[i]->id, check);
    }
    return checks;
}

char *job_line(const struct job *job, enum flavor flavor, size_t number, size_t *ret_length)
{
    const struct fixture *f = &job->checks[0]->fixture;
    json_t *object = json_object();
    json_object_set_new(object, "job", json_integer((json_int_t)number));
    json_object_set_new(object, "argv", make_argv(job, flavor));
    json_object_set_new(object, "env", make_environment(f->environment));
    json_object_set_new(object, "limit", json_real(job->limit));
    json_object_set_new(object, "idle", json_real(job->idle));
    if (job_gives_each(job))
        json_object_set_new(object, "checks", make_checks(job));
    else
        set_files(object, f);
    set_text(object, "nsswitch", f->nsswitch);
    set_text(object, "syslog", f->syslog);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!text)
        abort();
    char *line = must_printf("%s\n", text);
    free(text);
    *ret_length = strlen(line);
    return line;
}
