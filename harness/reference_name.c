/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/reference_name.h"
#include "harness/base/sha256.h"

#include <ctype.h>
#include <string.h>

enum { NAME_LENGTH = 255, TAG_LENGTH = 128 };

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool has_upper(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (isupper((unsigned char)text[i]))
            return true;
    return false;
}

/* ---- host ---- */

/* Docker's rule: what precedes the first slash is a host when it looks like one. */
static bool is_host(const char *first, size_t length)
{
    return memchr(first, '.', length) || memchr(first, ':', length) ||
           (length == strlen("localhost") && memcmp(first, "localhost", length) == 0);
}

/* Labels of letters, digits and inner hyphens, with dots between them; or an IPv6 address. */
static bool is_host_name(const char *host, size_t length)
{
    if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        return strspn(host + 1, DIGITS ":abcdefABCDEF") == length - 2;
    for (size_t at = 0; at <= length;) {
        size_t label = strspn(host + at, LOWER UPPER DIGITS "-");
        if (label == 0 || host[at] == '-' || host[at + label - 1] == '-')
            return false;
        at += label;
        if (at == length)
            return true;
        if (host[at++] != '.')
            return false;
    }
    return false;
}

static bool check_host(const char *host, size_t length, struct error *e)
{
    const char *bracket = memchr(host, ']', length);
    const char *from = bracket ? bracket : host;
    const char *colon = memchr(from, ':', length - (size_t)(from - host));
    size_t name = colon ? (size_t)(colon - host) : length;
    size_t port = colon ? length - name - 1 : 0;
    if (is_host_name(host, name) && (!colon || (port > 0 && strspn(colon + 1, DIGITS) == port)))
        return true;
    return error_set(e, ERROR_USAGE, "\"%.*s\" is not a registry's HOST or HOST:PORT", (int)length,
                     host);
}

/* ---- repository ---- */

/* Words of small letters and digits, with one dot, one or two underscores or any number of hyphens
 * between them. */
static bool is_component(const char *text, size_t length)
{
    for (size_t at = 0;;) {
        size_t word = strspn(text + at, LOWER DIGITS);
        if (word == 0)
            return false;
        at += word;
        if (at >= length)
            return at == length;
        size_t dots = strspn(text + at, "."), low = strspn(text + at, "_");
        size_t hyphens = strspn(text + at, "-");
        if (dots > 1 || low > 2 || dots + low + hyphens == 0)
            return false;
        at += dots + low + hyphens;
    }
}

static bool check_repository(const char *text, size_t length, struct error *e)
{
    if (has_upper(text, length)) {
        CLEANUP_FREE char *lower = must_printf("%.*s", (int)length, text);
        for (char *c = lower; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        return error_set(e, ERROR_USAGE,
                         "repository names have no upper case (did you mean \"%s\"?)", lower);
    }
    for (size_t at = 0; at <= length;) {
        const char *slash = memchr(text + at, '/', length - at);
        size_t end = slash ? (size_t)(slash - text) : length;
        if (!is_component(text + at, end - at))
            return error_set(e, ERROR_USAGE, "\"%.*s\" is not the name of a repository",
                             (int)length, text);
        at = end + 1;
    }
    return true;
}

/* ---- tag and digest ---- */

static bool check_tag(const char *tag, size_t length, struct error *e)
{
    if (length > 0 && length <= TAG_LENGTH && *tag != '.' && *tag != '-' &&
        strspn(tag, LOWER UPPER DIGITS "_.-") >= length)
        return true;
    return error_set(e, ERROR_USAGE,
                     "\"%.*s\" is not a tag (letters, digits, \"_\", \".\" and \"-\", %d at most)",
                     (int)length, tag, TAG_LENGTH);
}

static bool take_digest(struct pool *pool, const char *digest, struct reference *r, struct error *e)
{
    if (!sha256_valid(digest))
        return error_set(e, ERROR_USAGE, "\"%s\" is not a digest (sha256: and 64 hex digits)",
                         digest);
    r->digest = pool_intern(pool, digest);
    return true;
}

static bool take_name(struct pool *pool, const char *name, size_t length, struct reference *r,
                      struct error *e)
{
    const char *slash = memchr(name, '/', length), *hub = "docker.io";
    size_t host = slash ? (size_t)(slash - name) : 0;
    const char *path = name;
    if (slash && is_host(name, host)) {
        if (!check_host(name, host, e))
            return false;
        path = slash + 1;
        r->registry = pool_intern_n(pool, name, host);
        if (strcmp(r->registry, "index.docker.io") == 0)
            r->registry = hub;
    } else {
        r->registry = hub;
    }
    size_t rest = length - (size_t)(path - name);
    if (!check_repository(path, rest, e))
        return false;
    bool official = strcmp(r->registry, hub) == 0 && !memchr(path, '/', rest);
    r->repository = pool_printf(pool, "%s%.*s", official ? "library/" : "", (int)rest, path);
    if (strlen(r->registry) + 1 + strlen(r->repository) > NAME_LENGTH)
        return error_set(e, ERROR_USAGE, "the name is longer than %d characters", NAME_LENGTH);
    return true;
}

bool reference_parse_name(struct pool *pool, const char *name, struct reference *r, struct error *e)
{
    const char *at = strchr(name, '@');
    size_t length = at ? (size_t)(at - name) : strlen(name);
    const char *slash = memrchr(name, '/', length), *from = slash ? slash : name;
    const char *colon = memchr(from, ':', length - (size_t)(from - name));
    size_t path = colon ? (size_t)(colon - name) : length;
    if (!take_name(pool, name, path, r, e) || (at && !take_digest(pool, at + 1, r, e)))
        return false;
    if (colon && !check_tag(colon + 1, length - path - 1, e))
        return false;
    if (colon)
        r->tag = pool_intern_n(pool, colon + 1, length - path - 1);
    else if (!r->digest)
        r->tag = "latest";
    return true;
}

const char *reference_name(struct pool *pool, const struct reference *r)
{
    return pool_printf(pool, "%s/%s%s%s%s%s", r->registry, r->repository, r->tag ? ":" : "",
                       r->tag ? r->tag : "", r->digest ? "@" : "", r->digest ? r->digest : "");
}
