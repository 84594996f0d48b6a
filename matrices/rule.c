/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/rule.h"

#include "harness/base/text.h"
#include <stdlib.h>
#include <string.h>

void rule_done(struct rule *r)
{
    if (r->regex)
        regfree(r->regex);
    free(r->regex);
    r->regex = NULL;
}

bool rule_admits(const struct rule *r, enum status status, const char *value)
{
    if (status != r->status)
        return false;
    if (r->match == MATCH_PATTERN)
        return regexec(r->regex, value, 0, NULL, 0) == 0;
    for (size_t i = 0; i < r->value_count; i++)
        if (strcmp(r->values[i], value) == 0)
            return true;
    return r->match == MATCH_ANY;
}

static bool has_value(const struct rule *r, const char *value)
{
    for (size_t i = 0; i < r->value_count; i++)
        if (strcmp(r->values[i], value) == 0)
            return true;
    return false;
}

bool rule_agrees(const struct rule *a, const struct rule *b)
{
    if (a->class != b->class)
        return false;
    if (a->class == CLASS_SKIP)
        return true;
    if (a->status != b->status || a->match != b->match || a->value_count != b->value_count)
        return false;
    for (size_t i = 0; i < a->value_count; i++)
        if (!has_value(b, a->values[i]))
            return false;
    return a->match != MATCH_PATTERN || strcmp(a->pattern, b->pattern) == 0;
}

static void add_quoted(struct text *text, const char *value)
{
    text_add_char(text, '"');
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            text_add_char(text, '\\');
        text_add_char(text, *value);
    }
    text_add_char(text, '"');
}

const char *rule_expected(struct pool *pool, const struct rule *r)
{
    if (r->class == CLASS_SKIP)
        return "not judged";
    if (r->match == MATCH_ANY && r->status == STATUS_VALUE)
        return "any value";
    CLEANUP_TEXT struct text text = TEXT_INIT;
    if (r->status != STATUS_VALUE)
        text_add(&text, r->status == STATUS_ABSENT ? "no start" : status_name(r->status));
    if (r->match != MATCH_ANY && text.length)
        text_add_char(&text, ' ');
    if (r->match == MATCH_PATTERN)
        text_printf(&text, "matches %s", r->pattern);
    for (size_t i = 0; i < r->value_count; i++) {
        if (i)
            text_add(&text, " or ");
        add_quoted(&text, r->values[i]);
    }
    return pool_intern(pool, text_get(&text));
}

const char *rule_class_name(enum rule_class c)
{
    static const char *const names[] = {NULL, "known", "flaky", "skip"};
    return names[c];
}
