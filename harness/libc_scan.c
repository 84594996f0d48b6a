/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/libc_scan.h"
#include "harness/elf.h"
#include "harness/tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LIBRARY_LIMIT = 32 * 1024 * 1024, NAME_LIMIT = 100000, VERSION_LIMIT = 40 };

static bool contains(const char *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

/* 0 when no version begins here. */
static size_t version_length(const char *p, const char *end)
{
    size_t n = 0;
    if (p < end && *p == '.')
        return 0;
    while (p + n < end && (isdigit((unsigned char)p[n]) || p[n] == '.'))
        n++;
    while (n > 0 && p[n - 1] == '.')
        n--;
    return n;
}

/* ---- glibc ---- */

char *libc_glibc_version(const char *data, size_t size)
{
    static const char mark[] = " release version ";
    enum { BEFORE = 160 };
    const char *end = data + size;
    for (const char *p = data; (p = memmem(p, (size_t)(end - p), mark, sizeof mark - 1)); p++) {
        const char *from = p - data > BEFORE ? p - BEFORE : data;
        const char *version = p + sizeof mark - 1;
        size_t n = version_length(version, end);
        size_t before = (size_t)(p - from);
        if (n > 0 && n < VERSION_LIMIT &&
            (contains(from, before, "GNU") || contains(from, before, "ld.so (")))
            return must_printf("%.*s", (int)n, version);
    }
    return NULL;
}

/* A library of the image's own platform; other multiarch libraries do not count. */
static char *read_library(int root, const char *path, const struct platform *platform,
                          size_t *ret_size)
{
    const struct platform *p;
    char *data = tree_read(root, path, LIBRARY_LIMIT, ret_size);
    if (data && elf_platform(data, *ret_size, &p) && p == platform)
        return data;
    free(data);
    return NULL;
}

static void scan_glibc_loader(int root, const struct platform *platform, struct libc_scan *s)
{
    size_t size;
    CLEANUP_FREE char *data = read_library(root, platform->glibc_loader, platform, &size);
    if (!data)
        return;
    s->glibc_compat = contains(data, size, "ld-musl-") || contains(data, size, "musl libc (");
    s->glibc_loader = !s->glibc_compat;
    if (s->glibc_loader && !s->glibc_version)
        s->glibc_version = libc_glibc_version(data, size);
}

static bool scan_glibc_in(int root, const char *dir, const struct platform *platform,
                          struct libc_scan *s)
{
    CLEANUP_FREE char *path = must_printf("%s/libc.so.6", dir);
    size_t size;
    CLEANUP_FREE char *data = read_library(root, path, platform, &size);
    if (!data)
        return false;
    s->glibc_library = true;
    s->glibc_version = libc_glibc_version(data, size);
    return true;
}

/* Debian's multiarch directories, "lib/x86_64-linux-gnu". */
static bool scan_glibc_below(int root, const char *dir, const struct platform *platform,
                             struct libc_scan *s)
{
    CLEANUP_NAMES struct tree_names names = tree_list(root, dir, NAME_LIMIT);
    for (size_t i = 0; i < names.count; i++) {
        CLEANUP_FREE char *below = must_printf("%s/%s", dir, names.items[i]);
        if (strstr(names.items[i], "-linux-gnu") && scan_glibc_in(root, below, platform, s))
            return true;
    }
    return false;
}

static void scan_glibc(int root, const struct platform *platform, struct libc_scan *s)
{
    static const char *const dirs[] = {"lib64", "usr/lib64", "lib", "usr/lib", "lib32"};
    bool found = scan_glibc_below(root, "lib", platform, s) ||
                 scan_glibc_below(root, "usr/lib", platform, s);
    for (size_t i = 0; !found && i < sizeof dirs / sizeof *dirs; i++)
        found = scan_glibc_in(root, dirs[i], platform, s);
    scan_glibc_loader(root, platform, s);
}

/* ---- musl ---- */

/* "1.2.5", "1.2.4_git20230717", "1.2.3-git-7-gabcdef0": the length of such a text, else 0. */
static size_t musl_version_at(const char *p, const char *end)
{
    size_t n = version_length(p, end), dots = 0;
    for (size_t i = 0; i < n; i++)
        dots += p[i] == '.';
    if (n == 0 || dots != 2)
        return 0;
    if (p + n < end && (p[n] == '_' || p[n] == '-' || p[n] == '+'))
        while (p + n < end && (isalnum((unsigned char)p[n]) || strchr("_-+.", p[n])) &&
               p[n] != '\0')
            n++;
    return p + n < end && p[n] == '\0' && n < VERSION_LIMIT ? n : 0;
}

char *libc_musl_version(const char *data, size_t size)
{
    char *found = NULL;
    if (!contains(data, size, "musl libc ("))
        return NULL;
    for (const char *p = data + 1, *end = data + size; p < end; p++) {
        if (!isdigit((unsigned char)*p) || isprint((unsigned char)p[-1]))
            continue;
        size_t n = musl_version_at(p, end);
        if (n == 0)
            continue;
        if (found && (strlen(found) != n || memcmp(found, p, n) != 0)) {
            free(found);
            return NULL;
        }
        free(found);
        found = must_printf("%.*s", (int)n, p);
    }
    return found;
}

static void scan_musl(int root, const struct platform *platform, struct libc_scan *s)
{
    size_t size;
    CLEANUP_FREE char *data = read_library(root, platform->musl_loader, platform, &size);
    s->musl = data && contains(data, size, "musl libc (");
    if (s->musl)
        s->musl_version = libc_musl_version(data, size);
}

/* ---- uClibc ---- */

/* Its loader and library carry the version in their names: ld-uClibc-1.0.45.so. */
static void scan_uclibc(int root, struct libc_scan *s)
{
    CLEANUP_NAMES struct tree_names names = tree_list(root, "lib", NAME_LIMIT);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i], *mark = strstr(name, "-uClibc");
        if (!mark || strncmp(name, "ld", 2) != 0)
            continue;
        s->uclibc = true;
        mark += strlen("-uClibc");
        size_t n = *mark == '-' ? version_length(mark + 1, mark + strlen(mark)) : 0;
        if (n > 0 && !s->uclibc_version)
            s->uclibc_version = must_printf("%.*s", (int)n, mark + 1);
    }
}

struct libc_scan libc_scan_root(int root, const struct platform *platform)
{
    struct libc_scan s = {0};
    scan_glibc(root, platform, &s);
    scan_musl(root, platform, &s);
    scan_uclibc(root, &s);
    return s;
}

void libc_scan_done(struct libc_scan *s)
{
    free(s->glibc_version);
    free(s->musl_version);
    free(s->uclibc_version);
    *s = (struct libc_scan){0};
}
