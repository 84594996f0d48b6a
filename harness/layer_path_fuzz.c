/* SPDX-License-Identifier: Apache-2.0 */
/* Names in layers: what is taken stays below the root, within the limits, and is its own normal
 * form. */
#include "harness/base/fuzz.h"
#include "harness/layer_path.h"

static void check_path(const struct layer_path *p, const struct layer_limits *limits)
{
    size_t depth = 0;
    for (const char *s = p->path; *s; s += s[strcspn(s, "/")] ? strcspn(s, "/") + 1 : strlen(s)) {
        size_t n = strcspn(s, "/");
        FUZZ_CHECK(n > 0 && n <= 255 && strncmp(s, ".", n) != 0 && strncmp(s, "..", n) != 0);
        depth++;
    }
    FUZZ_CHECK(depth <= limits->nesting && strlen(p->path) <= limits->path);
    FUZZ_CHECK(!*p->path || p->path[strlen(p->path) - 1] != '/' || p->kind == LAYER_OPAQUE);
    FUZZ_CHECK(!strchr(p->name, '/') &&
               (p->kind == LAYER_IGNORED || p->parent_length <= strlen(p->path)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct layer_limits limits = {.path = 512, .nesting = 16};
    CLEANUP_FREE char *raw = fuzz_text(data, size);
    struct layer_path p;
    struct error e = ERROR_INIT;
    if (layer_path_parse(raw, &limits, &p, &e))
        check_path(&p, &limits);
    else
        fuzz_check_error(&e);
    layer_path_done(&p);
    return 0;
}
