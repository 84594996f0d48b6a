/* SPDX-License-Identifier: Apache-2.0 */
/* glibc's locales and character set converters. */
#include "harness/fact.h"
#include "harness/locale_archive.h"

#include <stdlib.h>
#include <string.h>

enum { ARCHIVE_HEAD = 8 * 1024 * 1024, DIRECTORY_LIMIT = 10000, SHOWN_LOCALES = 4 };

static void take_directories(const struct fact_scan *s, struct tree_names *ret)
{
    CLEANUP_NAMES struct tree_names names = tree_list(s->root, "usr/lib/locale", DIRECTORY_LIMIT);
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP_FREE char *path = must_printf("usr/lib/locale/%s/LC_CTYPE", names.items[i]);
        if (tree_kind(s->root, path, NULL) == TREE_FILE)
            *ARRAY_ADD(&ret->items, &ret->count) = must_strdup(names.items[i]);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct tree_names all_locales(const struct fact_scan *s)
{
    struct tree_names found = {NULL, 0};
    size_t size;
    CLEANUP_FREE char *archive =
        tree_read(s->root, "usr/lib/locale/locale-archive", ARCHIVE_HEAD, &size);
    take_directories(s, &found);
    if (archive && !locale_archive_names(archive, size, &found))
        *ARRAY_ADD(&found.items, &found.count) = must_strdup("damaged locale-archive");
    if (found.count > 0)
        qsort(found.items, found.count, sizeof *found.items, compare_names);
    return found;
}

/* "C.utf8", "C.UTF-8": glibc takes both spellings for one. */
static bool is_c_utf8(const char *name)
{
    return strcasecmp(name, "C.utf8") == 0 || strcasecmp(name, "C.UTF-8") == 0;
}

static void read_c_utf8(const struct fact_scan *s, struct text *ret)
{
    CLEANUP_NAMES struct tree_names names = all_locales(s);
    bool found = false;
    for (size_t i = 0; i < names.count; i++)
        found |= is_c_utf8(names.items[i]);
    text_add(ret, found ? "present" : "absent");
}

static void read_locales(const struct fact_scan *s, struct text *ret)
{
    CLEANUP_NAMES struct tree_names names = all_locales(s);
    if (names.count == 0)
        text_add(ret, "none");
    else if (names.count > SHOWN_LOCALES)
        text_printf(ret, "%zu locales", names.count);
    for (size_t i = 0; names.count <= SHOWN_LOCALES && i < names.count; i++) {
        text_add(ret, i > 0 ? " " : "");
        fact_add(ret, names.items[i], strlen(names.items[i]));
    }
}

/* ---- gconv ---- */

static bool has_gconv(const struct fact_scan *s, const char *dir)
{
    CLEANUP_FREE char *path = must_printf("%s/gconv", dir);
    return tree_kind(s->root, path, NULL) == TREE_DIRECTORY;
}

/* The image's gconv directory; NULL when there is none. The caller frees it. */
static char *find_gconv(const struct fact_scan *s)
{
    static const char *const dirs[] = {"usr/lib64", "usr/lib", "lib64", "lib"};
    CLEANUP_NAMES struct tree_names names = tree_list(s->root, "usr/lib", DIRECTORY_LIMIT);
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP_FREE char *below = must_printf("usr/lib/%s", names.items[i]);
        if (strstr(names.items[i], "-linux-gnu") && has_gconv(s, below))
            return must_printf("%s/gconv", below);
    }
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (has_gconv(s, dirs[i]))
            return must_printf("%s/gconv", dirs[i]);
    return NULL;
}

static size_t count_modules(const struct fact_scan *s, const char *dir, const char *const *names,
                            size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        CLEANUP_FREE char *path = must_printf("%s/%s.so", dir, names[i]);
        found += tree_kind(s->root, path, NULL) == TREE_FILE;
    }
    return found;
}

/* glibc finds a module by gconv-modules.cache, else by gconv-modules and gconv-modules.d. */
static bool has_configuration(const struct fact_scan *s, const char *dir)
{
    static const char *const names[] = {"gconv-modules", "gconv-modules.cache",
                                        "gconv-modules.d/gconv-modules-extra.conf"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CLEANUP_FREE char *path = must_printf("%s/%s", dir, names[i]);
        if (tree_kind(s->root, path, NULL) == TREE_FILE)
            return true;
    }
    return false;
}

/* Distributions that split the converters leave these in the basic package and move those out. */
static void read_gconv(const struct fact_scan *s, struct text *ret)
{
    static const char *const basic[] = {"ISO8859-1", "ISO8859-15", "CP1252", "UTF-16", "UTF-32"};
    static const char *const extra[] = {"EUC-JP", "SJIS", "BIG5", "EUC-KR", "KOI8-R"};
    enum { BASIC = sizeof basic / sizeof *basic, EXTRA = sizeof extra / sizeof *extra };
    CLEANUP_FREE char *dir = find_gconv(s);
    size_t few = dir ? count_modules(s, dir, basic, BASIC) : 0;
    size_t many = dir ? count_modules(s, dir, extra, EXTRA) : 0;
    if (few + many == 0)
        text_add(ret, "absent");
    else if (!has_configuration(s, dir))
        text_add(ret, "no gconv-modules");
    else
        text_add(ret, few == BASIC && many == EXTRA ? "present" : "partial");
}

const struct fact_reader facts_locale[] = {
    {.name = "c-utf8",
     .says = "the files of glibc's C.UTF-8 locale",
     .why = "without them LANG=C.UTF-8 silently means ASCII in a glibc image",
     .help = "libc-bin on Debian, glibc-minimal-langpack on Fedora; musl needs no file",
     .refs = "https://sourceware.org/glibc/wiki/Proposals/C.UTF-8",
     .read = read_c_utf8},
    {.name = "locales",
     .says = "the compiled locales that the image brings",
     .why = "setlocale fails for every other name in a glibc image, and programs fall back to C",
     .refs = "locale(7), localedef(1)",
     .read = read_locales},
    {.name = "gconv",
     .says = "glibc's character set converters",
     .why = "without them iconv converts nothing but UTF-8, UCS-2, UCS-4 and ASCII",
     .help = "partial: the basic ones only; libc-gconv-modules-extra or glibc-gconv-extra has the "
             "rest",
     .refs = "iconv(3)",
     .read = read_gconv},
    {0},
};
