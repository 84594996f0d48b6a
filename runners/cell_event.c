/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell_event.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <jansson.h>
#include <string.h>

static void take_ready(const struct cell_events *to, const json_t *event)
{
    struct cell_ready ready = {
        .root = json_string_value(json_object_get(event, "root")),
        .emulation = json_string_value(json_object_get(event, "emulation")),
    };
    to->ready(&ready, to->data);
}

static void take_line(const struct cell_events *to, const json_t *event)
{
    const json_t *text = json_object_get(event, "text");
    struct cell_line line = {
        .job = (size_t)json_integer_value(json_object_get(event, "job")),
        .milliseconds = json_number_value(json_object_get(event, "ms")),
        .text = json_string_value(text) ? json_string_value(text) : "",
        .length = json_string_length(text),
        .damaged = json_is_true(json_object_get(event, "cut")) ||
                   json_is_true(json_object_get(event, "partial")),
    };
    to->line(&line, to->data);
}

static void take_end(const struct cell_events *to, const json_t *event)
{
    const json_t *status = json_object_get(event, "exit");
    const char *standard_error = json_string_value(json_object_get(event, "stderr"));
    struct cell_end end = {
        .job = (size_t)json_integer_value(json_object_get(event, "job")),
        .milliseconds = json_number_value(json_object_get(event, "ms")),
        .exit_status = json_is_integer(status) ? (int)json_integer_value(status) : -1,
        .signal = json_string_value(json_object_get(event, "signal")),
        .exec = json_string_value(json_object_get(event, "exec")),
        .error = json_string_value(json_object_get(event, "error")),
        .timeout = json_is_true(json_object_get(event, "timeout")),
        .flood = json_is_true(json_object_get(event, "flood")),
        .standard_error = standard_error ? standard_error : "",
    };
    to->end(&end, to->data);
}

static char *failure(const json_t *event)
{
    const char *why = json_string_value(json_object_get(event, "why"));
    struct text t = TEXT_INIT;
    if (!why)
        return must_strdup("it failed without a reason");
    text_add_printable(&t, why, strlen(why));
    return text_take(&t);
}

char *cell_event_take(const char *line, size_t length, const struct cell_events *to)
{
    json_error_t error;
    json_t *event = json_loadb(line, length, 0, &error);
    const char *kind = json_string_value(json_object_get(event, "event"));
    char *fault = NULL;
    if (kind && strcmp(kind, "ready") == 0)
        take_ready(to, event);
    else if (kind && strcmp(kind, "line") == 0)
        take_line(to, event);
    else if (kind && strcmp(kind, "end") == 0)
        take_end(to, event);
    else if (kind && strcmp(kind, "error") == 0)
        fault = failure(event);
    else
        fault = must_strdup("it sent something that is not an event");
    json_decref(event);
    return fault;
}
