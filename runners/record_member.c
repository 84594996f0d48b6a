/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/record_member.h"
#include "harness/base/text.h"

#include <string.h>

bool record_refuse(struct error *e, const char *what, const char *foreign)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    text_add_printable(&t, foreign, strnlen(foreign, 80));
    return error_set(e, ERROR_RUN, "%s \"%s\"", what, text_get(&t));
}

static const json_t *want(const json_t *object, const char *key, struct error *e)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        error_set(e, ERROR_RUN, "\"%s\" is missing", key);
    return value;
}

bool record_take_texts(struct pool *pool, json_t *object, const struct record_member *members,
                       size_t count, void *ret, struct error *e)
{
    for (size_t i = 0; i < count; i++) {
        const struct record_member *m = &members[i];
        const json_t *value = json_object_get(object, m->key);
        if (!value && m->required)
            return error_set(e, ERROR_RUN, "\"%s\" is missing", m->key);
        if (!value)
            continue;
        if (!json_is_string(value))
            return error_set(e, ERROR_RUN, "\"%s\" is not a text", m->key);
        const char *text = pool_intern(pool, json_string_value(value));
        memcpy((char *)ret + m->offset, &text, sizeof text);
        json_object_del(object, m->key);
    }
    return true;
}

bool record_take_text(struct pool *pool, json_t *object, const char *key, const char **ret,
                      struct error *e)
{
    return record_take_texts(pool, object, &(struct record_member){key, 0, true}, 1, ret, e);
}

bool record_take_number(json_t *object, const char *key, size_t limit, size_t *ret, struct error *e)
{
    const json_t *value = want(object, key, e);
    if (!value)
        return false;
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value) || n < 0 || (uint64_t)n >= limit)
        return error_set(e, ERROR_RUN, "\"%s\" is not a whole number from 0 to %zu", key,
                         limit - 1);
    *ret = (size_t)n;
    json_object_del(object, key);
    return true;
}

bool record_take_decimal(json_t *object, const char *key, double *ret, struct error *e)
{
    const double most = 1e9;
    const json_t *value = want(object, key, e);
    if (!value)
        return false;
    double d = json_number_value(value);
    if (!json_is_number(value) || !(d >= 0 && d <= most))
        return error_set(e, ERROR_RUN, "\"%s\" is not a number from 0 to 1e9", key);
    *ret = d;
    json_object_del(object, key);
    return true;
}

bool record_take_bool(json_t *object, const char *key, bool *ret, struct error *e)
{
    const json_t *value = want(object, key, e);
    if (!value)
        return false;
    if (!json_is_boolean(value))
        return error_set(e, ERROR_RUN, "\"%s\" is neither true nor false", key);
    *ret = json_is_true(value);
    json_object_del(object, key);
    return true;
}

bool record_take_facts(struct pool *pool, json_t *object, const char *key, struct fact **ret,
                       size_t *ret_count, struct error *e)
{
    json_t *facts = json_object_get(object, key), *value;
    const char *name;
    if (facts && !json_is_object(facts))
        return error_set(e, ERROR_RUN, "\"%s\" is not an object", key);
    json_object_foreach(facts, name, value)
    {
        if (!json_is_string(value))
            return error_set(e, ERROR_RUN, "a value of \"%s\" is not a text", key);
        struct fact *f = ARRAY_ADD(ret, ret_count);
        f->name = pool_intern(pool, name);
        f->value = pool_intern(pool, json_string_value(value));
    }
    json_object_del(object, key);
    return true;
}

bool record_take_list(struct pool *pool, json_t *object, const char *key, const char ***ret,
                      size_t *ret_count, struct error *e)
{
    json_t *list = json_object_get(object, key), *value;
    size_t i;
    if (list && !json_is_array(list))
        return error_set(e, ERROR_RUN, "\"%s\" is not an array", key);
    json_array_foreach(list, i, value)
    {
        if (!json_is_string(value))
            return error_set(e, ERROR_RUN, "an element of \"%s\" is not a text", key);
        *ARRAY_ADD(ret, ret_count) = pool_intern(pool, json_string_value(value));
    }
    json_object_del(object, key);
    return true;
}

bool record_nothing_left(json_t *object, struct error *e)
{
    void *rest = json_object_iter(object);
    return !rest || record_refuse(e, "unknown member", json_object_iter_key(rest));
}
