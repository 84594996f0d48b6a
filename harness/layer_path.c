/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_path.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES = 200, NAME_BYTES = 255 };

char *layer_path_show(const char *raw)
{
    struct text t = TEXT_INIT;
    size_t length = strlen(raw);
    text_add_printable(&t, raw, length < SHOWN_BYTES ? length : SHOWN_BYTES);
    if (length > SHOWN_BYTES)
        text_add(&t, "...");
    return text_take(&t);
}

static bool refuse_limit(const char *raw, const char *why, const struct layer_limits *limits,
                         const char *name, struct error *e)
{
    CLEANUP_FREE char *shown = layer_path_show(raw);
    CLEANUP_FREE char *what = must_printf("entry \"%s\" %s", shown, why);
    return layer_limits_error(limits, name, what, e);
}

static bool refuse(const char *raw, const char *why, struct error *e)
{
    CLEANUP_FREE char *shown = layer_path_show(raw);
    return error_set(e, ERROR_RUN, "entry \"%s\" %s", shown, why);
}

/* Copies component by component, without empty ones and ".". */
static bool normalise(const char *raw, const struct layer_limits *limits, char *out,
                      struct error *e)
{
    size_t depth = 0, length = 0;
    for (const char *p = raw; *p != '\0';) {
        size_t n = strcspn(p, "/");
        if (n == 2 && strncmp(p, "..", 2) == 0)
            return refuse(raw, "has \"..\" in its name", e);
        if (n > NAME_BYTES)
            return refuse(raw, "has a component of more than 255 bytes", e);
        if (n > 0 && !(n == 1 && *p == '.')) {
            if (++depth > limits->nesting)
                return refuse_limit(raw, "is nested too deeply", limits, "nesting", e);
            if (length > 0)
                out[length++] = '/';
            memcpy(out + length, p, n);
            length += n;
        }
        p += n;
        p += *p == '/';
    }
    out[length] = '\0';
    return true;
}

static bool parse_mark(const char *raw, struct layer_path *p, struct error *e)
{
    if (strncmp(p->name, ".wh.", 4) != 0) { /* it would lie below a mark */
        p->kind = LAYER_IGNORED;
        return true;
    }
    const char *target = p->name + strlen(".wh.");
    if (strcmp(target, ".wh..opq") == 0) {
        p->kind = LAYER_OPAQUE;
        p->name = "";
        return true;
    }
    if (strncmp(target, ".wh.", 4) == 0) {
        p->kind = LAYER_IGNORED;
        return true;
    }
    if (*target == '\0' || strcmp(target, ".") == 0 || strcmp(target, "..") == 0)
        return refuse(raw, "is a whiteout of nothing", e);
    p->kind = LAYER_WHITEOUT;
    memmove((char *)p->name, target, strlen(target) + 1);
    return true;
}

bool layer_path_parse(const char *raw, const struct layer_limits *limits, struct layer_path *ret,
                      struct error *e)
{
    size_t size = strlen(raw);
    *ret = (struct layer_path){.kind = LAYER_ENTRY};
    if (size > limits->path)
        return refuse_limit(raw, "has too long a name", limits, "path", e);
    ret->path = must_calloc(size + 1, 1);
    if (!normalise(raw, limits, ret->path, e))
        return false;
    char *slash = strrchr(ret->path, '/');
    ret->parent_length = slash ? (size_t)(slash - ret->path) : 0;
    ret->name = slash ? slash + 1 : ret->path;
    if (strncmp(ret->path, ".wh.", 4) == 0 || strstr(ret->path, "/.wh."))
        return parse_mark(raw, ret, e);
    return true;
}

void layer_path_done(struct layer_path *p)
{
    free(p->path);
    p->path = NULL;
}
