/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/fact.h"

#include <string.h>

enum { SHOWN_BYTES = 60 };

char *fact_file(const struct fact_scan *s, const char *path)
{
    return tree_read(s->root, path, FACT_TEXT_LIMIT, NULL);
}

bool fact_is_file(const struct fact_scan *s, const char *path, struct text *ret)
{
    static const char *const names[] = {
        [TREE_ABSENT] = "absent", [TREE_DIRECTORY] = "directory",
        [TREE_LINK] = "dangling", [TREE_DANGLING] = "dangling",
        [TREE_OTHER] = "special", [TREE_UNREADABLE] = "unreadable",
    };
    enum tree_kind kind = tree_kind(s->root, path, NULL);
    if (kind == TREE_FILE)
        return true;
    text_add(ret, names[kind]);
    return false;
}

void fact_add(struct text *ret, const char *foreign, size_t length)
{
    CLEANUP_TEXT struct text line = TEXT_INIT;
    for (size_t i = 0; i < length; i++) {
        bool blank = strchr(" \t\r\n", foreign[i]) != NULL;
        bool after_blank = line.length == 0 || line.data[line.length - 1] == ' ';
        if (!blank || !after_blank)
            text_add_char(&line, blank ? ' ' : foreign[i]);
    }
    while (line.length > 0 && line.data[line.length - 1] == ' ')
        line.length--;
    if (line.length == 0)
        text_add(ret, "blank");
    bool cut = line.length > SHOWN_BYTES;
    text_add_printable(ret, text_get(&line), cut ? SHOWN_BYTES : line.length);
    if (cut)
        text_add(ret, "...");
}

bool fact_line(const char **cursor, const char **ret_line, size_t *ret_length)
{
    while (**cursor != '\0') {
        const char *line = *cursor + strspn(*cursor, " \t\r\n");
        size_t whole = strcspn(line, "\n"), length = strcspn(line, "#\n");
        *cursor = line + whole;
        while (length > 0 && strchr(" \t\r", line[length - 1]))
            length--;
        if (length == 0)
            continue;
        *ret_line = line;
        *ret_length = length;
        return true;
    }
    return false;
}

static size_t word_length(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && !strchr(" \t\r\n", p[n]))
        n++;
    return n;
}

bool fact_first_word(const char *line, size_t length, const char *word)
{
    size_t n = word_length(line, line + length);
    return n == strlen(word) && memcmp(line, word, n) == 0;
}

bool fact_has_word(const char *line, size_t length, const char *word)
{
    const char *end = line + length;
    for (const char *p = line; p < end;) {
        size_t n = word_length(p, end);
        if (n == strlen(word) && memcmp(p, word, n) == 0)
            return true;
        p += n + 1;
    }
    return false;
}

void fact_presence(const struct fact_scan *s, const char *const *paths, struct text *ret)
{
    size_t all = 0, found = 0;
    for (; paths[all]; all++)
        found += tree_kind(s->root, paths[all], NULL) == TREE_FILE;
    text_add(ret, found == 0 ? "absent" : found < all ? "partial" : "present");
}
