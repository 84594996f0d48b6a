/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/reference.h"
#include "harness/base/nearest.h"
#include "harness/base/sha256.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { KIND_PATH, KIND_LAYOUT, KIND_REGISTRY, KIND_REFUSED };

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
    {"dir", KIND_REFUSED},
    {"docker-daemon", KIND_REFUSED},
    {"containers-storage", KIND_REFUSED},
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

static bool refuse_registry(const char *name, struct error *e)
{
    return error_set(e, ERROR_USAGE,
                     "registries are not supported yet: use "
                     "\"skopeo copy docker://%s oci:DIR\", then oci:DIR",
                     name);
}

static bool refuse_bare(const char *text, const char *prefix, struct error *e)
{
    const char *likely = likely_transport(text);
    if (likely)
        return error_set(e, ERROR_USAGE, "%s has no transport (did you mean %s:%s?)", text, likely,
                         text);
    CLEANUP_FREE char *hint = transport_hint(prefix ? prefix : "");
    if (prefix && *hint)
        return error_set(e, ERROR_USAGE, "unknown transport \"%s\"%s", prefix, hint);
    return refuse_registry(text, e);
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
        return refuse_registry(strncmp(rest, "//", 2) == 0 ? rest + 2 : rest, e);
    case KIND_REFUSED:
        break;
    }
    return error_set(e, ERROR_USAGE,
                     "%s: is not supported: use \"skopeo copy %s:%s oci:DIR\", then oci:DIR",
                     r->transport, r->transport, rest);
}

bool reference_parse(struct pool *pool, const char *text, struct reference *ret, struct error *e)
{
    struct reference r = {.index = REFERENCE_NO_INDEX, .text = pool_intern(pool, text)};
    const char *colon = strchr(text, ':');
    if (*text == '\0')
        return error_set(e, ERROR_USAGE, "an image reference is empty");
    const char *prefix = colon ? pool_intern_n(pool, text, (size_t)(colon - text)) : NULL;
    for (size_t i = 0; prefix && i < TRANSPORT_COUNT; i++) {
        if (strcmp(prefix, transports[i].name) != 0)
            continue;
        r.transport = prefix;
        if (!parse_rest(pool, transports[i].kind, colon + 1, &r, e))
            return false;
        *ret = r;
        return true;
    }
    return refuse_bare(text, prefix, e);
}
