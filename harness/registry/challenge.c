/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/challenge.h"
#include "harness/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHALLENGE_LIMIT = 32 };

static size_t token_length(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || (s[n] && strchr("!#$%&'*+-.^_`|~", s[n])))
        n++;
    return n;
}

static size_t token68_length(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || (s[n] && strchr("-._~+/", s[n])))
        n++;
    return n > 0 ? n + strspn(s + n, "=") : 0;
}

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* A list may have empty elements. */
static const char *skip_commas(const char *s)
{
    return s + strspn(s, " \t,");
}

static bool ends_element(const char *s)
{
    s = skip_blanks(s);
    return *s == ',' || *s == '\0';
}

/* NULL when the quotes never close. */
static const char *parse_quoted(const char *s, struct text *ret)
{
    for (s++; *s != '"'; s++) {
        if (*s == '\\')
            s++;
        if (*s == '\0')
            return NULL;
        text_add_char(ret, *s);
    }
    return s + 1;
}

/* Where the "=" of a parameter is; NULL when what is at s is none. */
static const char *find_equals(const char *s)
{
    size_t name = token_length(s);
    const char *equals = skip_blanks(s + name);
    return name > 0 && *equals == '=' ? equals : NULL;
}

static void keep_parameter(struct pool *pool, struct challenge *c, const char *name, size_t length,
                           const char *value)
{
    struct {
        const char *name;
        const char **field;
    } known[] = {
        {"realm", &c->realm}, {"service", &c->service}, {"scope", &c->scope}, {"error", &c->error}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && strncasecmp(known[i].name, name, length) == 0 &&
            !*known[i].field)
            *known[i].field = pool_intern(pool, value);
}

/* NAME = VALUE; returns what follows, NULL when it is malformed. */
static const char *parse_parameter(struct pool *pool, const char *s, const char *equals,
                                   struct challenge *c)
{
    CLEANUP_TEXT struct text value = TEXT_INIT;
    const char *at = skip_blanks(equals + 1);
    size_t length = token_length(at);
    if (*at == '"') {
        at = parse_quoted(at, &value);
    } else if (length > 0) {
        text_add_n(&value, at, length);
        at += length;
    } else {
        return NULL;
    }
    if (!at || !ends_element(at))
        return NULL;
    keep_parameter(pool, c, s, token_length(s), text_get(&value));
    return skip_commas(at);
}

/* What follows the scheme's name: a token68, or parameters up to the next scheme. */
static const char *parse_rest(struct pool *pool, const char *s, struct challenge *c)
{
    size_t token68 = token68_length(s);
    if (token68 > 0 && ends_element(s + token68))
        return skip_commas(s + token68);
    for (const char *equals; s && (equals = find_equals(s));)
        s = parse_parameter(pool, s, equals, c);
    return s;
}

bool challenges_parse(struct pool *pool, const char *value, struct challenges *ret)
{
    for (const char *s = skip_commas(value); *s;) {
        size_t length = token_length(s);
        const char *rest = s + length;
        if (length == 0 || ret->count >= CHALLENGE_LIMIT ||
            (!ends_element(rest) && *rest != ' ' && *rest != '\t'))
            return false;
        struct challenge *c = ARRAY_ADD(&ret->items, &ret->count);
        c->scheme = pool_intern_n(pool, s, length);
        if (ends_element(rest)) {
            s = skip_commas(rest);
        } else {
            const char *first = skip_blanks(rest);
            s = parse_rest(pool, first, c);
            if (!s || s == first)
                return false;
        }
    }
    return true;
}

void challenges_done(struct challenges *c)
{
    free(c->items);
    *c = (struct challenges){NULL, 0};
}

const struct challenge *challenges_find(const struct challenges *c, const char *scheme)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcasecmp(c->items[i].scheme, scheme) == 0)
            return &c->items[i];
    return NULL;
}
