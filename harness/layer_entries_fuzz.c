/* SPDX-License-Identifier: Apache-2.0 */
/* Layers as a list of their entries, so that what they do to each other is tried and not only how
 * they are packed. A line an entry: its kind (f file, d directory, l link, h hard link, c device,
 * p fifo), a blank, its name, and after a tab its content or where it leads. A line "-" begins the
 * next layer. */
#include "harness/fuzz_bytes.h"
#include "harness/fuzz_root.h"
#include "harness/layer.h"
#include <archive_entry.h>

enum { ENTRIES = 40 };

static const struct layer_limits limits = {
    .entries = 60,
    .bytes = 4096,
    .ratio = 500,
    .ratio_from = 1 << 20,
    .path = 300,
    .nesting = 10,
};

static la_ssize_t take(struct archive *a, void *text, const void *data, size_t size)
{
    (void)a;
    text_add_n(text, data, size);
    return (la_ssize_t)size;
}

static struct archive *begin(struct text *tar)
{
    struct archive *a = archive_write_new();
    archive_write_set_format_gnutar(a);
    archive_write_set_bytes_in_last_block(a, 1);
    FUZZ_CHECK(archive_write_open(a, tar, NULL, take, NULL) == ARCHIVE_OK);
    return a;
}

static mode_t kind_of(char c)
{
    return c == 'd'   ? AE_IFDIR
           : c == 'l' ? AE_IFLNK
           : c == 'c' ? AE_IFCHR
           : c == 'p' ? AE_IFIFO
                      : AE_IFREG;
}

/* An odd kind of letter gives odd modes and owners too. */
static void add(struct archive *a, char kind, const char *name, const char *text)
{
    struct archive_entry *entry = archive_entry_new();
    bool has_content = kind_of(kind) == AE_IFREG && kind != 'h';
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, kind_of(kind));
    archive_entry_set_perm(entry, kind == 'F' ? 06755 : kind == 'x' ? 0 : 0755);
    archive_entry_set_uid(entry, kind == 'F' ? 1000 : 0);
    archive_entry_set_size(entry, has_content ? (int64_t)strlen(text) : 0);
    if (kind == 'l')
        archive_entry_set_symlink(entry, text);
    if (kind == 'h')
        archive_entry_set_hardlink(entry, text);
    if (archive_write_header(a, entry) == ARCHIVE_OK && has_content)
        FUZZ_CHECK(archive_write_data(a, text, strlen(text)) == (la_ssize_t)strlen(text));
    archive_entry_free(entry);
}

/* The next layer of the list as a tar; *list moves on. */
static struct text next_layer(char **list)
{
    struct text tar = TEXT_INIT;
    struct archive *a = begin(&tar);
    char *line;
    for (int i = 0; i < ENTRIES && (line = strsep(list, "\n")) && strcmp(line, "-") != 0; i++) {
        char *name = strlen(line) > 2 ? line + 2 : line + strlen(line), *text = strchr(name, '\t');
        if (text)
            *text++ = '\0';
        if (*name)
            add(a, *line, name, text ? text : "");
    }
    archive_write_free(a);
    return tar;
}

static void apply_all(struct layers *l, char *list)
{
    struct error e = ERROR_INIT;
    bool ok = true;
    while (ok && list) {
        struct text tar = next_layer(&list);
        struct bytes *b = fuzz_bytes((const uint8_t *)text_get(&tar), tar.length);
        ok = layers_apply(l, b, &e);
        bytes_close(b);
        text_done(&tar);
    }
    if (!ok || !layers_finish(l, &e))
        fuzz_check_root_error(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *list = fuzz_text(data, size);
    int root = fuzz_root_begin();
    struct layers *l = layers_new(root, &limits);
    apply_all(l, list);
    layers_free(l);
    close(root);
    fuzz_root_end();
    return 0;
}
