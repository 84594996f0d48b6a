/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/head.h"
#include "harness/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Content-Range ---- */

/* Digits that fit; returns what follows them, NULL when there are none. */
static const char *parse_number(const char *s, int64_t *ret)
{
    char *end;
    if (!isdigit((unsigned char)*s))
        return NULL;
    errno = 0;
    *ret = strtoll(s, &end, 10);
    return errno == 0 ? end : NULL;
}

bool content_range_parse(const char *text, struct content_range *ret)
{
    struct content_range r = {0, 0, -1};
    if (strncasecmp(text, "bytes ", 6) != 0)
        return false;
    const char *s = parse_number(text + 6 + strspn(text + 6, " "), &r.first);
    s = s && *s == '-' ? parse_number(s + 1, &r.last) : NULL;
    if (!s || *s != '/' || r.last < r.first)
        return false;
    s = strcmp(s, "/*") == 0 ? s + 2 : parse_number(s + 1, &r.total);
    if (!s || *s || (r.total >= 0 && r.last >= r.total))
        return false;
    *ret = r;
    return true;
}

/* ---- lines ---- */

void head_clear(struct head *h)
{
    char **texts[] = {&h->content_type, &h->digest, &h->range, &h->rate_limit, &h->rate_left};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        free(*texts[i]);
        *texts[i] = NULL;
    }
    for (size_t i = 0; i < h->challenge_count; i++)
        free(h->challenges[i]);
    free(h->challenges);
    h->challenges = NULL;
    h->challenge_count = 0;
    h->bytes = 0;
}

static bool is_named(const char *line, const char *name)
{
    size_t length = strlen(name);
    return strncasecmp(line, name, length) == 0 && line[length] == ':';
}

static void take_field(struct head *h, const char *line)
{
    const struct {
        const char *name;
        char **field;
    } known[] = {{"content-type", &h->content_type},
                 {"docker-content-digest", &h->digest},
                 {"content-range", &h->range},
                 {"ratelimit-limit", &h->rate_limit},
                 {"ratelimit-remaining", &h->rate_left}};
    const char *value = strchr(line, ':') + 1;
    value += strspn(value, " \t");
    if (is_named(line, "www-authenticate"))
        *ARRAY_ADD(&h->challenges, &h->challenge_count) = must_strdup(value);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is_named(line, known[i].name) && !*known[i].field)
            *known[i].field = must_strdup(value);
    if (is_named(line, "content-type"))
        h->content_type[strcspn(h->content_type, "; \t")] = '\0';
}

bool head_take_line(struct head *h, const char *line, size_t length)
{
    size_t before = h->bytes;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        head_clear(h);
    h->bytes = before + length;
    if (h->bytes > HEAD_BYTES)
        return false;
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        length--;
    CLEANUP_FREE char *copy = must_printf("%.*s", (int)length, line);
    if (strchr(copy, ':') && copy[0] != ' ' && copy[0] != '\t')
        take_field(h, copy);
    return true;
}

/* ---- rate limits ---- */

/* A span of seconds in the largest unit that it is a whole number of. */
static void add_span(struct text *t, long seconds)
{
    static const struct {
        long seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;
    while (seconds % units[i].seconds != 0)
        i++;
    long n = seconds / units[i].seconds;
    text_printf(t, " in %ld %s%s", n, units[i].name, n == 1 ? "" : "s");
}

char *head_rate_text(const struct head *h)
{
    struct text t = TEXT_INIT;
    int64_t limit = 0, span = 0, left = 0;
    const char *rest = h->rate_limit ? parse_number(h->rate_limit, &limit) : NULL;
    if (!rest)
        return text_take(&t);
    text_printf(&t, "%lld requests", (long long)limit);
    const char *window = strstr(rest, "w=");
    if (window && parse_number(window + 2, &span) && span > 0)
        add_span(&t, span);
    if (h->rate_left && parse_number(h->rate_left, &left))
        text_printf(&t, ", %lld left", (long long)left);
    return text_take(&t);
}
