/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/reference.h"
#include "harness/base/nearest.h"
#include "harness/base/sha256.h"
#include "harness/reference_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { KIND_PATH, KIND_LAYOUT, KIND_REGISTRY, KIND_ENGINE, KIND_REFUSED };

static const struct {
    const char *name;
    enum kind kind;
} transports[] = {
    {"rootfs", KIND_PATH},
    {"tar", KIND_PATH},
    {"oci", KIND_LAYOUT},
    {"oci-archive", KIND_LAYOUT},
    {"docker-archive", KIND_LAYOUT},
    {"docker", KIND_REGISTRY},
    {"dir", KIND_PATH},
    {"docker-daemon", KIND_ENGINE},
    {"containers-storage", KIND_ENGINE},
    {"ostree", KIND_REFUSED},
    {"sif", KIND_REFUSED},
};
enum { TRANSPORT_COUNT = sizeof transports / sizeof *transports };

/* " (did you mean "oci"?)", or "" when no transport's name is near. */
static char *transport_hint(const char *wrong)
{
    struct nearest near = {.word = wrong};
    for (size_t i = 0; i < TRANSPORT_COUNT; i++)
        nearest_offer(&near, transports[i].name);
    return nearest_hint(&near);
}

static bool is_file(const char *dir, const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

/* What a path that was given without a transport most likely is; NULL when it is no path at all. */
static const char *likely_transport(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return NULL;
    if (S_ISDIR(st.st_mode))
        return is_file(path, "index.json") ? "oci" : "rootfs";
    return S_ISREG(st.st_mode) ? "tar" : NULL;
}

static bool parse_index(const char *digits, long *ret)
{
    char *end;
    errno = 0;
    long n = strtol(digits, &end, 10);
    if (*digits < '0' || *digits > '9' || *end != '\0' || errno != 0)
        return false;
    *ret = n;
    return true;
}

/* The part after the path: "", ":TAG", ":@N", "@sha256:...", ":TAG@sha256:...". */
static bool parse_suffix(struct pool *pool, const char *suffix, struct reference *r,
                         struct error *e)
{
    const char *at = strchr(suffix, '@');
    if (at && parse_index(at + 1, &r->index)) {
        if (at != suffix + 1 || *suffix != ':')
            return error_set(e, ERROR_USAGE, "write an image's number as :@%ld", r->index);
        return true;
    }
    if (at && !sha256_valid(at + 1))
        return error_set(e, ERROR_USAGE, "\"%s\" is not a digest (sha256: and 64 hex digits)",
                         at + 1);
    r->digest = pool_intern(pool, at ? at + 1 : NULL);
    size_t length = at ? (size_t)(at - suffix) : strlen(suffix);
    if (length == 1)
        return error_set(e, ERROR_USAGE, "nothing follows the colon after %s", r->path);
    if (length > 1)
        r->tag = pool_intern_n(pool, suffix + 1, length - 1);
    return true;
}

static bool parse_layout(struct pool *pool, const char *rest, struct reference *r, struct error *e)
{
    size_t length = strcspn(rest, ":");
    const char *at = memchr(rest, '@', length);
    if (at && rest[length] == ':' && strncmp(at, "@sha256:", 8) == 0)
        length = (size_t)(at - rest);
    if (length == 0)
        return error_set(e, ERROR_USAGE, "%s: needs a path", r->transport);
    r->path = pool_intern_n(pool, rest, length);
    if (!parse_suffix(pool, rest + length, r, e))
        return false;
    if (r->digest && strcmp(r->transport, "docker-archive") == 0)
        return error_set(e, ERROR_USAGE, "a docker-archive has no digests to choose by");
    return true;
}

/* ---- registries and engines ---- */

static bool parse_registry(struct pool *pool, const char *name, struct reference *r,
                           struct error *e)
{
    r->path = pool_intern(pool, name);
    if (!reference_parse_name(pool, name, r, e))
        return false;
    r->text = pool_printf(pool, "docker://%s", reference_name(pool, r));
    return true;
}

static bool parse_engine(struct pool *pool, const char *rest, struct reference *r, struct error *e)
{
    if (*rest == '[')
        return error_set(e, ERROR_USAGE, "%s: takes the image's name alone, without [STORAGE]",
                         r->transport);
    const char *id = pool_printf(pool, "sha256:%s", *rest == '@' ? rest + 1 : rest);
    r->path = pool_intern(pool, rest);
    if (sha256_valid(rest) || sha256_valid(id)) {
        r->digest = sha256_valid(rest) ? r->path : id;
        r->text = pool_printf(pool, "%s:%s", r->transport, r->digest);
        return true;
    }
    if (!reference_parse_name(pool, rest, r, e))
        return false;
    r->text = pool_printf(pool, "%s:%s", r->transport, reference_name(pool, r));
    return true;
}

/* A name without a transport. What is a file here, or nearly names a transport and is no name of an
 * image, was meant otherwise. */
static bool parse_bare(struct pool *pool, const char *text, struct reference *r, struct error *e)
{
    const char *likely = likely_transport(text);
    if (likely)
        return error_set(e, ERROR_USAGE, "%s has no transport (did you mean %s:%s?)", text, likely,
                         text);
    bool ok = parse_registry(pool, text, r, e);
    CLEANUP_FREE char *prefix = must_strdup(text);
    size_t length = strcspn(text, ":");
    prefix[length] = '\0';
    CLEANUP_FREE char *hint = transport_hint(prefix);
    bool near = text[length] && *hint && strcmp(prefix, "docker") != 0;
    if (!near || (ok && access(text + length + 1, F_OK) < 0))
        return ok;
    error_clear(e);
    return error_set(e, ERROR_USAGE, "unknown transport \"%s\"%s", prefix, hint);
}

static bool parse_rest(struct pool *pool, enum kind kind, const char *rest, struct reference *r,
                       struct error *e)
{
    switch (kind) {
    case KIND_PATH:
        r->path = pool_intern(pool, rest);
        return *rest != '\0' || error_set(e, ERROR_USAGE, "%s: needs a path", r->transport);
    case KIND_LAYOUT:
        return parse_layout(pool, rest, r, e);
    case KIND_REGISTRY:
        return parse_registry(pool, rest + strlen("//"), r, e);
    case KIND_ENGINE:
        return parse_engine(pool, rest, r, e);
    case KIND_REFUSED:
        break;
    }
    return error_set(e, ERROR_USAGE,
                     "%s: is not supported: use \"skopeo copy %s:%s oci:DIR\", then oci:DIR",
                     r->transport, r->transport, rest);
}

/* The transport that the text begins with, as an index into the table; TRANSPORT_COUNT: none. */
static size_t find_prefix(const char *text)
{
    size_t i = 0;
    for (; i < TRANSPORT_COUNT; i++) {
        size_t length = strlen(transports[i].name);
        if (strncmp(text, transports[i].name, length) == 0 && text[length] == ':')
            break;
    }
    return i;
}

const char *reference_rest(const char *text)
{
    size_t i = find_prefix(text);
    return i < TRANSPORT_COUNT ? text + strlen(transports[i].name) + 1 : text;
}

bool reference_parse(struct pool *pool, const char *text, struct reference *ret, struct error *e)
{
    struct reference r = {.index = REFERENCE_NO_INDEX, .text = pool_intern(pool, text)};
    const char *rest = reference_rest(text);
    if (*text == '\0')
        return error_set(e, ERROR_USAGE, "an image reference is empty");
    size_t i = find_prefix(text);
    enum kind kind = i < TRANSPORT_COUNT ? transports[i].kind : KIND_REGISTRY;
    /* docker:20 is an image of that name, docker://x a registry's */
    bool named = i < TRANSPORT_COUNT && (kind != KIND_REGISTRY || strncmp(rest, "//", 2) == 0);
    r.transport = named ? transports[i].name : "docker";
    if (!(named ? parse_rest(pool, kind, rest, &r, e) : parse_bare(pool, text, &r, e)))
        return false;
    *ret = r;
    return true;
}
