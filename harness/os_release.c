/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/os_release.h"
#include "harness/base/text.h"
#include "harness/tree.h"

#include <string.h>

enum { OS_RELEASE_LIMIT = 64 * 1024, VALUE_LIMIT = 200 };

/* Shell quoting as os-release(5) allows it: '...', "..." with backslashes, or bare. */
static char *unquote(const char *p, size_t length)
{
    struct text t = TEXT_INIT, printable = TEXT_INIT;
    char quote = '\0';
    for (const char *end = p + length; p < end && t.length < VALUE_LIMIT; p++) {
        if (quote == '\0' && (*p == '"' || *p == '\''))
            quote = *p;
        else if (quote != '\0' && *p == quote)
            quote = '\0';
        else if (*p == '\\' && quote != '\'' && p + 1 < end)
            text_add_char(&t, *++p);
        else
            text_add_char(&t, *p);
    }
    text_add_printable(&printable, text_get(&t), t.length);
    text_done(&t);
    return text_take(&printable);
}

char *os_release_value(const char *text, const char *key)
{
    size_t n = strlen(key);
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > n && strncmp(line, key, n) == 0 && line[n] == '=') {
            size_t end = length;
            while (end > n + 1 && strchr(" \t\r", line[end - 1]))
                end--;
            return unquote(line + n + 1, end - n - 1);
        }
        line += length;
        line += *line == '\n';
    }
    return NULL;
}

static const char *interned(struct pool *pool, const char *text, const char *key)
{
    CLEANUP_FREE char *value = os_release_value(text, key);
    return value && *value ? pool_intern(pool, value) : NULL;
}

void os_release_read(struct pool *pool, int root, struct image *image)
{
    CLEANUP_FREE char *text = tree_read(root, "etc/os-release", OS_RELEASE_LIMIT, NULL);
    CLEANUP_FREE char *vendor =
        text ? NULL : tree_read(root, "usr/lib/os-release", OS_RELEASE_LIMIT, NULL);
    const char *found = text ? text : vendor;
    if (!found)
        return;
    image->os_id = interned(pool, found, "ID");
    image->os_version = interned(pool, found, "VERSION_ID");
    image->os_name = interned(pool, found, "PRETTY_NAME");
}
