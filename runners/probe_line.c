/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/probe_line.h"
#include "harness/base/text.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state { WANT_HELLO, WANT_CHECK, ENDED, BROKEN };

struct answer {
    enum status status;
    char *value; /* owned; NULL: none yet */
};

struct probe_stream {
    const struct check **checks;
    size_t count;
    struct answer *answers; /* one for each check */
    size_t *order;          /* the answers as they came */
    size_t answered, taken;
    enum state state;
    struct pool *pool; /* of the hello */
    struct probe_hello hello;
    char *fault;
};

struct probe_stream *probe_stream_new(const struct check **checks, size_t count)
{
    struct probe_stream *s = must_calloc(1, sizeof *s);
    s->checks = checks;
    s->count = count;
    s->answers = must_calloc(count, sizeof *s->answers);
    s->order = must_calloc(count, sizeof *s->order);
    return s;
}

void probe_stream_free(struct probe_stream *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->answers[i].value);
    free(s->answers);
    free(s->order);
    free(s->fault);
    pool_free(s->pool);
    free(s);
}

/* ---- what is wrong ---- */

/* A value, and so a fault that becomes one, is one printable line; what a program said need not be.
 */
static char *as_value(const char *why)
{
    char *value = must_printf("%.*s", PROBE_VALUE_LIMIT, why);
    for (char *c = value; *c; c++)
        if (*c < 0x20 || *c >= 0x7f)
            *c = *c == '\n' || *c == '\t' ? ' ' : '?';
    return value;
}

static bool PRINTF_LIKE(2, 3) broken(struct probe_stream *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CLEANUP_FREE char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    s->fault = as_value(text);
    s->state = BROKEN;
    return false;
}

/* As broken, and shows the beginning of a foreign text. */
static bool broken_by(struct probe_stream *s, const char *what, const char *foreign, size_t length)
{
    enum { SHOWN = 60 };
    CLEANUP_TEXT struct text t = TEXT_INIT;
    text_add_printable(&t, foreign, length < SHOWN ? length : SHOWN);
    return broken(s, "%s: %s%s", what, text_get(&t), length > SHOWN ? "..." : "");
}

static bool is_line(const char *text)
{
    size_t length = 0;
    while (text[length] >= 0x20 && text[length] < 0x7f)
        length++;
    return text[length] == '\0' && length <= PROBE_VALUE_LIMIT;
}

/* ---- members, taken out so that what is left over is unknown ---- */

static bool take_text(struct probe_stream *s, json_t *o, const char *key, bool required,
                      const char **ret)
{
    const json_t *value = json_object_get(o, key);
    if (!value && !required)
        return true;
    if (!json_is_string(value))
        return broken(s, "\"%s\" is missing or not a text", key);
    if (!is_line(json_string_value(value)))
        return broken(s, "\"%s\" is too long or not printable ASCII", key);
    if (!s->pool)
        s->pool = pool_new();
    *ret = pool_intern(s->pool, json_string_value(value));
    json_object_del(o, key);
    return true;
}

static bool take_count(struct probe_stream *s, json_t *o, const char *key, json_int_t *ret)
{
    const json_t *value = json_object_get(o, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return broken(s, "\"%s\" is missing or not a whole number", key);
    *ret = json_integer_value(value);
    json_object_del(o, key);
    return true;
}

static bool nothing_left(struct probe_stream *s, json_t *o)
{
    void *rest = json_object_iter(o);
    if (!rest)
        return true;
    const char *key = json_object_iter_key(rest);
    return broken_by(s, "unknown member", key, strlen(key));
}

/* ---- lines ---- */

static bool take_hello(struct probe_stream *s, json_t *o)
{
    struct probe_hello h = {0};
    json_int_t schema = 0, checks = 0;
    const char *area = "";
    const json_t *emulated = json_object_get(o, "emulated");
    if (emulated && !json_is_boolean(emulated))
        return broken(s, "\"emulated\" is neither true nor false");
    h.emulated = json_is_true(emulated);
    json_object_del(o, "emulated");
    if (!take_count(s, o, "probe", &schema) || !take_text(s, o, "area", true, &area) ||
        !take_text(s, o, "flavor", true, &h.flavor) ||
        !take_text(s, o, "platform", true, &h.platform) ||
        !take_text(s, o, "libc", false, &h.libc) ||
        !take_text(s, o, "compiler", false, &h.compiler) ||
        !take_text(s, o, "built-with", false, &h.built_with) ||
        !take_count(s, o, "checks", &checks) || !nothing_left(s, o))
        return false;
    if (schema != PROBE_SCHEMA)
        return broken(s, "the probe speaks version %lld, this plimsoll version %d",
                      (long long)schema, PROBE_SCHEMA);
    if (!area_of_check(area, &h.area) || strcmp(area, area_name(h.area)) != 0)
        return broken_by(s, "unknown area", area, strlen(area));
    if (s->count > 0 && s->checks[0]->area != h.area)
        return broken(s, "a probe of area %s was asked checks of area %s", area,
                      area_name(s->checks[0]->area));
    s->hello = h;
    s->state = WANT_CHECK;
    return true;
}

static void set_answer(struct probe_stream *s, size_t i, enum status status, char *value)
{
    s->answers[i] = (struct answer){status, value};
    s->order[s->answered++] = i;
}

static bool take_status(struct probe_stream *s, json_t *o, enum status *ret)
{
    const char *name = json_string_value(json_object_get(o, "status"));
    if (!name || !status_parse(name, ret) || *ret == STATUS_ABSENT) /* who speaks is not absent */
        return broken_by(s, "\"status\" is missing or unknown", name ? name : "",
                         name ? strlen(name) : 0);
    json_object_del(o, "status");
    return true;
}

static bool take_check(struct probe_stream *s, json_t *o)
{
    const char *id = json_string_value(json_object_get(o, "check"));
    const char *value = json_string_value(json_object_get(o, "value"));
    enum status status;
    size_t i = 0;
    if (!id)
        return broken(s, "\"check\" is not a text");
    while (i < s->count && strcmp(s->checks[i]->id, id) != 0)
        i++;
    if (i == s->count)
        return broken_by(s, "a check that was not asked", id, strlen(id));
    if (s->answers[i].value)
        return broken(s, "%s came twice", s->checks[i]->id);
    if (!value || !is_line(value))
        return broken(s, "the value of %s is missing, too long or not printable ASCII",
                      s->checks[i]->id);
    if (!take_status(s, o, &status))
        return false;
    char *kept = must_strdup(value);
    json_object_del(o, "check");
    json_object_del(o, "value");
    if (!nothing_left(s, o)) {
        free(kept);
        return false;
    }
    set_answer(s, i, status, kept);
    return true;
}

static bool take_end(struct probe_stream *s, json_t *o)
{
    json_int_t checks = 0;
    if (!take_count(s, o, "checks", &checks) || !nothing_left(s, o))
        return false;
    if ((size_t)checks != s->answered || s->answered != s->count)
        return broken(s, "it ended with %lld checks, gave %zu and was asked %zu", (long long)checks,
                      s->answered, s->count);
    s->state = ENDED;
    return true;
}

static bool take_object(struct probe_stream *s, json_t *o)
{
    static const char *const wanted[] = {"a hello", "a check or the end"};
    json_t *hello = json_object_get(o, "hello"), *end = json_object_get(o, "end");
    size_t members = json_object_size(o);
    if (s->state == WANT_HELLO && members == 1 && json_is_object(hello))
        return take_hello(s, hello);
    if (s->state == WANT_CHECK && members == 1 && json_is_object(end))
        return take_end(s, end);
    if (s->state == WANT_CHECK && json_object_get(o, "check"))
        return take_check(s, o);
    if (s->state == ENDED)
        return broken(s, "a line after the end");
    return broken(s, "the line is not %s", wanted[s->state]);
}

void probe_stream_line(struct probe_stream *s, const struct cell_line *line)
{
    json_error_t fault;
    if (s->state == BROKEN)
        return;
    if (line->damaged) {
        broken_by(s, "a line was cut", line->text, line->length);
        return;
    }
    json_t *o = json_loadb(line->text, line->length, JSON_REJECT_DUPLICATES, &fault);
    if (json_is_object(o))
        take_object(s, o);
    else
        broken_by(s, "a line that is not a JSON object", line->text, line->length);
    json_decref(o);
}

/* ---- the end ---- */

static void answer_the_rest(struct probe_stream *s, const char *why)
{
    for (size_t i = 0; i < s->count; i++)
        if (!s->answers[i].value)
            set_answer(s, i, STATUS_ERROR, as_value(why));
    if (!s->fault && s->state != ENDED)
        s->fault = as_value(why);
}

static char *how_it_ended(const struct cell_end *end)
{
    if (end->error)
        return must_printf("the cell could not prepare it: %s", end->error);
    if (end->exec)
        return must_printf("it could not be executed: %s", end->exec);
    if (end->flood)
        return must_strdup("it was killed for printing too much");
    if (end->timeout)
        return must_strdup("it was killed at its time limit");
    if (end->signal)
        return must_strdup(end->signal);
    return must_printf("exit status %d", end->exit_status);
}

void probe_stream_end(struct probe_stream *s, const struct cell_end *end)
{
    CLEANUP_TEXT struct text why = TEXT_INIT;
    CLEANUP_FREE char *how = how_it_ended(end);
    if (s->fault)
        text_printf(&why, "the probe's output is not understood: %s", s->fault);
    else
        text_printf(&why, "the probe stopped before %s: %s",
                    s->state == WANT_HELLO   ? "its hello"
                    : s->answered < s->count ? "this check"
                                             : "its end line",
                    how);
    if (end->standard_error && *end->standard_error)
        text_printf(&why, "; it said: %.200s", end->standard_error);
    answer_the_rest(s, text_get(&why));
}

void probe_stream_gone(struct probe_stream *s, const char *why)
{
    CLEANUP_FREE char *text = must_printf("the cell ended before this check: %s", why);
    answer_the_rest(s, text);
}

bool probe_stream_next(struct probe_stream *s, struct probe_observation *ret)
{
    if (s->taken == s->answered)
        return false;
    size_t i = s->order[s->taken++];
    *ret = (struct probe_observation){s->checks[i], s->answers[i].status, s->answers[i].value};
    return true;
}

const struct probe_hello *probe_stream_hello(const struct probe_stream *s)
{
    return s->state == WANT_HELLO || !s->hello.flavor ? NULL : &s->hello;
}

const char *probe_stream_fault(const struct probe_stream *s)
{
    return s->fault;
}
