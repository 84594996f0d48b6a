/* SPDX-License-Identifier: Apache-2.0 */
/* The image's C library, and what its loader reads. */
#include "harness/fact.h"

static void read_libc(const struct fact_scan *s, struct text *ret)
{
    const struct libc_scan *l = &s->libc;
    bool glibc = l->glibc_loader || l->glibc_library;
    int count = glibc + l->musl + l->uclibc;
    text_add(ret, count > 1   ? "several"
                  : glibc     ? "glibc"
                  : l->musl   ? "musl"
                  : l->uclibc ? "uclibc"
                              : "none");
}

static void add_version(struct text *ret, bool there, const char *version)
{
    text_add(ret, !there ? "none" : version ? version : "unknown");
}

static void read_glibc_version(const struct fact_scan *s, struct text *ret)
{
    const struct libc_scan *l = &s->libc;
    add_version(ret, l->glibc_loader || l->glibc_library, l->glibc_version);
}

static void read_musl_version(const struct fact_scan *s, struct text *ret)
{
    add_version(ret, s->libc.musl, s->libc.musl_version);
}

/* Of several, glibc's: it is glibc that reads files (gconv, locales) bound to its version. */
static void read_libc_version(const struct fact_scan *s, struct text *ret)
{
    const struct libc_scan *l = &s->libc;
    if (l->glibc_loader || l->glibc_library)
        read_glibc_version(s, ret);
    else if (l->musl)
        read_musl_version(s, ret);
    else
        add_version(ret, l->uclibc, l->uclibc_version);
}

static void read_loaders(const struct fact_scan *s, struct text *ret)
{
    const struct libc_scan *l = &s->libc;
    if (l->glibc_loader)
        text_add(ret, "glibc");
    if (l->glibc_compat)
        text_add(ret, "glibc-compat");
    if (l->musl)
        text_add(ret, ret->length > 0 ? " musl" : "musl");
    if (l->uclibc)
        text_add(ret, ret->length > 0 ? " uclibc" : "uclibc");
    if (ret->length == 0)
        text_add(ret, "none");
}

static void read_libc_files(const struct fact_scan *s, struct text *ret)
{
    const struct libc_scan *l = &s->libc;
    if (l->glibc_loader != l->glibc_library)
        text_add(ret, l->glibc_loader ? "no libc.so.6" : "no glibc loader");
    else
        text_add(ret, l->glibc_loader || l->musl || l->uclibc ? "complete" : "none");
}

static void read_preload(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/ld.so.preload", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/ld.so.preload");
    const char *cursor = text ? text : "", *line;
    size_t length;
    text_add(ret, fact_line(&cursor, &line, &length) ? "set" : "empty");
}

static void read_cache(const struct fact_scan *s, struct text *ret)
{
    if (fact_is_file(s, "etc/ld.so.cache", ret))
        text_add(ret, "present");
}

const struct fact_reader facts_libc[] = {
    {.name = "image-libc",
     .says = "the C library that the image brings for its own platform",
     .why = "programs built for another C library do not start in the image",
     .help = "glibc by its loader or libc.so.6, musl by its loader, several when there are two",
     .refs = "ld.so(8)",
     .read = read_libc},
    {.name = "image-libc-version",
     .says = "the version of that C library, read from its own file",
     .why = "resolver, locale and time zone behaviour differs between versions",
     .help = "of several C libraries, glibc's",
     .refs = "https://musl.libc.org/releases.html https://sourceware.org/glibc/wiki/Release",
     .read = read_libc_version},
    {.name = "glibc-version",
     .says = "the version of the image's glibc",
     .why = "a program that needs newer symbols than the image's glibc has does not start",
     .read = read_glibc_version},
    {.name = "musl-version",
     .says = "the version of the image's musl",
     .why = "musl tells no program its version, so only its file can say which one it is",
     .read = read_musl_version},
    {.name = "loaders",
     .says = "the dynamic loaders that are where programs of the platform look for them",
     .why = "without its loader a dynamic program fails with \"not found\", although it is there",
     .help = "glibc-compat: glibc's path leads to musl (gcompat, libc6-compat)",
     .refs = "execve(2), ENOENT",
     .read = read_loaders},
    {.name = "libc-files",
     .says = "whether loader and library of the C library are both there",
     .why = "half of a C library starts no program",
     .read = read_libc_files},
    {.name = "ld-so-preload",
     .says = "/etc/ld.so.preload",
     .why = "what it lists is loaded into every dynamic program of a glibc image",
     .refs = "ld.so(8)",
     .read = read_preload},
    {.name = "ld-so-cache",
     .says = "/etc/ld.so.cache",
     .why = "without it glibc finds libraries in its built-in directories only",
     .refs = "ldconfig(8)",
     .read = read_cache},
    {0},
};
