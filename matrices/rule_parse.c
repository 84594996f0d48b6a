/* SPDX-License-Identifier: Apache-2.0 */
/* A rule from YAML. */
#include "harness/base/nearest.h"
#include "matrices/rule.h"

#include "harness/base/text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERN_LIMIT = 1024, REPEAT_LIMIT = 1000 };

static const char *const keys[] = {"when",  "value",  "any-of", "pattern", "any", "status",
                                   "class", "reason", "ref",    "expires", "keep"};

struct parser {
    struct pool *pool;
    struct faults *faults;
    bool good;
};

#define WRONG(p, node, ...) \
    do { \
        faults_add((p)->faults, &(node)->at, __VA_ARGS__); \
        (p)->good = false; \
    } while (0)

static void check_keys(struct parser *p, const struct node *map)
{
    for (const struct node *child = map->first; child; child = child->next) {
        struct nearest nearest = {.word = child->key->text};
        bool known = false;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            known |= strcmp(keys[i], child->key->text) == 0;
            nearest_offer(&nearest, keys[i]);
        }
        if (known || !*child->key->text)
            continue;
        CLEANUP_FREE char *hint = nearest_hint(&nearest);
        WRONG(p, child->key, "unknown key \"%s\"%s", child->key->text, hint);
    }
}

/* The text of a key; NULL when the key is not there or is wrong. */
static const char *text_of(struct parser *p, const struct node *map, const char *key)
{
    const struct node *node = node_get(map, key);
    if (!node)
        return NULL;
    if (node->kind != NODE_SCALAR) {
        WRONG(p, node, "%s must be a text, this is %s", key, node_kind_name(node->kind));
        return NULL;
    }
    if (!*node->text && !node->quoted) {
        WRONG(p, node, "%s is empty: write \"\" for the empty text", key);
        return NULL;
    }
    return node->text;
}

static bool truth_of(struct parser *p, const struct node *map, const char *key)
{
    const char *text = text_of(p, map, key);
    bool yes = text && strcmp(text, "true") == 0;
    if (text && !yes && strcmp(text, "false") != 0)
        WRONG(p, node_get(map, key), "%s is true or false, not \"%s\"", key, text);
    return yes;
}

static void add_value(struct parser *p, struct rule *r, const struct node *node)
{
    if (node->kind != NODE_SCALAR) {
        WRONG(p, node, "a value must be a text, this is %s", node_kind_name(node->kind));
        return;
    }
    for (size_t i = 0; i < r->value_count; i++)
        if (strcmp(r->values[i], node->text) == 0)
            WRONG(p, node, "\"%s\" is there twice", node->text);
    r->values[r->value_count++] = node->text;
}

static void parse_values(struct parser *p, struct rule *r, const struct node *map)
{
    const struct node *list = node_get(map, "any-of");
    if (list && (list->kind != NODE_LIST || !list->first)) {
        WRONG(p, list, "any-of must be a list of texts");
        return;
    }
    r->values = pool_alloc(p->pool, (list ? list->count : 1) * sizeof *r->values);
    r->match = MATCH_VALUES;
    if (!list) {
        r->values[r->value_count++] = text_of(p, map, "value");
        return;
    }
    for (const struct node *child = list->first; child; child = child->next)
        add_value(p, r, child);
}

/* regcomp unrolls repetitions: nested ones could ask for any amount of memory. Back-references can
 * take any amount of time. */
static const char *too_costly(const char *pattern)
{
    unsigned long product = 1;
    if (strlen(pattern) > PATTERN_LIMIT)
        return "the pattern is too long";
    for (const char *s = pattern; *s; s++) {
        if (s[0] == '\\' && isdigit((unsigned char)s[1]))
            return "back-references are no part of an extended regular expression";
        if (s[0] == '\\' && s[1]) {
            s++;
            continue;
        }
        if (*s != '{')
            continue;
        unsigned long most = 1;
        for (const char *n = s + 1; isdigit((unsigned char)*n) || *n == ','; n++)
            if (isdigit((unsigned char)*n)) {
                char *end;
                unsigned long number = strtoul(n, &end, 10);
                most = number > most ? number : most;
                n = end - 1;
            }
        if (most > REPEAT_LIMIT || (product *= most) > REPEAT_LIMIT)
            return "the pattern repeats too much";
    }
    return NULL;
}

static bool compile(regex_t *ret, const char *pattern, char *ret_why, size_t size)
{
    int code = regcomp(ret, pattern, REG_EXTENDED | REG_NOSUB);
    if (code)
        regerror(code, ret, ret_why, size);
    return code == 0;
}

static void parse_pattern(struct parser *p, struct rule *r, const struct node *map)
{
    r->pattern = text_of(p, map, "pattern");
    r->match = MATCH_PATTERN;
    if (!r->pattern)
        return;
    const struct node *node = node_get(map, "pattern");
    const char *costly = too_costly(r->pattern);
    if (costly) {
        WRONG(p, node, "%s", costly);
        return;
    }
    char why[128];
    regex_t alone;
    if (!compile(&alone, r->pattern, why, sizeof why)) { /* before "^(" hides a missing "(" */
        WRONG(p, node, "pattern \"%s\": %s", r->pattern, why);
        return;
    }
    regfree(&alone);
    CLEANUP_FREE char *whole = must_printf("^(%s)$", r->pattern);
    r->regex = must_calloc(1, sizeof *r->regex);
    if (!compile(r->regex, whole, why, sizeof why)) {
        WRONG(p, node, "pattern \"%s\": %s", r->pattern, why);
        free(r->regex);
        r->regex = NULL;
    }
}

static void parse_status(struct parser *p, struct rule *r, const struct node *map)
{
    const char *text = text_of(p, map, "status");
    r->status = STATUS_VALUE;
    if (!text || (status_parse(text, &r->status) && r->status != STATUS_ERROR))
        return;
    struct nearest nearest = {.word = text};
    for (int s = STATUS_VALUE; s < STATUS_ERROR; s++)
        nearest_offer(&nearest, status_name((enum status)s));
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    WRONG(p, node_get(map, "status"),
          "unknown status \"%s\"%s; known: value, crash, timeout, skip, absent", text, hint);
}

/* value, any-of, pattern or any: one of them, or a status alone. */
static void parse_expectation(struct parser *p, struct rule *r, const struct node *map)
{
    const struct node *value = node_get(map, "value"), *list = node_get(map, "any-of");
    const struct node *pattern = node_get(map, "pattern"), *any = node_get(map, "any");
    int count = !!value + !!list + !!pattern + !!any;
    parse_status(p, r, map);
    if (count > 1)
        WRONG(p, map, "more than one of value, any-of, pattern and any");
    else if (r->class == CLASS_SKIP && (count || node_get(map, "status")))
        WRONG(p, map,
              "a rule of class skip expects nothing: no value, any-of, pattern, any, status");
    else if (value || list)
        parse_values(p, r, map);
    else if (pattern)
        parse_pattern(p, r, map);
    else if (any && !truth_of(p, map, "any") && p->good)
        WRONG(p, any, "any can only be true");
    else if (!any && !node_get(map, "status") && r->class != CLASS_SKIP)
        WRONG(p, map, "expects nothing: one of value, any-of, pattern, any, status is needed");
}

static void parse_class(struct parser *p, struct rule *r, const struct node *map)
{
    const char *text = text_of(p, map, "class");
    r->class = CLASS_NONE;
    if (!text)
        return;
    struct nearest nearest = {.word = text};
    for (int c = CLASS_KNOWN; c <= CLASS_SKIP; c++) {
        if (strcmp(rule_class_name((enum rule_class)c), text) == 0)
            r->class = (enum rule_class)c;
        nearest_offer(&nearest, rule_class_name((enum rule_class)c));
    }
    if (r->class != CLASS_NONE)
        return;
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    WRONG(p, node_get(map, "class"), "unknown class \"%s\"%s; known: known, flaky, skip", text,
          hint);
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int number_of(const char *digits, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (digits[i] - '0');
    return number;
}

static bool parse_date(const char *text, int64_t *ret_end)
{
    static const char shape[] = "dddd-dd-dd";
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != sizeof shape - 1)
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    int year = number_of(text, 4), month = number_of(text + 5, 2), day = number_of(text + 8, 2);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (year < 1970 || month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1] + (month == 2 && leap))
        return false;
    *ret_end = (days_of(year, month, day) + 1) * 86400;
    return true;
}

static void parse_excuse(struct parser *p, struct rule *r, const struct node *map)
{
    r->reason = text_of(p, map, "reason");
    r->ref = text_of(p, map, "ref");
    r->expires = text_of(p, map, "expires");
    r->ends = INT64_MAX;
    if (!r->expires)
        return;
    const struct node *node = node_get(map, "expires");
    if (r->class == CLASS_NONE)
        WRONG(p, node, "expires belongs to a rule of class known, flaky or skip");
    else if (!parse_date(r->expires, &r->ends))
        WRONG(p, node, "\"%s\" is no date like 2027-06-30", r->expires);
}

bool rule_parse(struct pool *pool, const char *check, const struct node *node,
                struct faults *faults, struct rule *ret)
{
    struct parser p = {pool, faults, true};
    enum area area = AREA_COUNT;
    if (node->kind != NODE_MAP) {
        WRONG(&p, node, "a rule must be a map (value, when, ...), this is %s",
              node_kind_name(node->kind));
        return false;
    }
    *ret = (struct rule){.check = check, .at = node->at};
    ret->location = position_text(pool, &node->at);
    check_keys(&p, node);
    parse_class(&p, ret, node);
    parse_expectation(&p, ret, node);
    parse_excuse(&p, ret, node);
    ret->keep = truth_of(&p, node, "keep");
    size_t before = faults->count + faults->dropped;
    bool image_area = area_of_check(check, &area) && area == AREA_IMAGE;
    ret->when = condition_parse(pool, node_get(node, "when"), image_area, faults);
    if (p.good && faults->count + faults->dropped == before)
        return true;
    rule_done(ret);
    return false;
}
