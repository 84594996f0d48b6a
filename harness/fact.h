/* SPDX-License-Identifier: Apache-2.0 */
/* One fact, and what its reader has to look at. */
#pragma once
#include "harness/base/text.h"
#include "harness/elf.h"
#include "harness/libc_scan.h"
#include "harness/model.h"
#include "harness/tree.h"

struct fact_scan {
    int root;
    const struct image *image;
    struct elf_votes votes;
    struct libc_scan libc;
};

struct fact_reader {
    const char *name;                     /* "tzdata" */
    const char *says, *why, *help, *refs; /* as in struct check */
    /* Writes the value: short, symbolic, one line. */
    void (*read)(const struct fact_scan *scan, struct text *ret);
};

/* Tables, each ended by a reader without a name. */
extern const struct fact_reader facts_libc[], facts_time[], facts_locale[], facts_network[],
    facts_users[], facts_system[];

/* ---- for the readers ---- */

enum { FACT_TEXT_LIMIT = 256 * 1024 }; /* of a configuration file */

/* A configuration file; NULL when it is absent, unreadable or no file. The caller frees it. */
char *fact_file(const struct fact_scan *s, const char *path) NONNULL MUST_CHECK;

/* Writes "absent", "dangling", "unreadable", "directory" or "special" for what is no file; returns
 * true when it is a file and nothing was written. */
bool fact_is_file(const struct fact_scan *s, const char *path, struct text *ret) NONNULL;

/* Adds foreign text as one short printable line: blanks become one space, at most 60 bytes; "blank"
 * where there is nothing else. */
void fact_add(struct text *ret, const char *foreign, size_t length) NONNULL;

/* The next line that says something (comments after # and blanks around it cut off), or false.
 * *cursor moves on. */
bool fact_line(const char **cursor, const char **ret_line, size_t *ret_length) NONNULL;

/* Whether a line's first word, or any word, is this one. */
bool fact_first_word(const char *line, size_t length, const char *word) NONNULL;
bool fact_has_word(const char *line, size_t length, const char *word) NONNULL;

/* How many of a NULL-ended list of paths are files, as "absent", "partial" or "present". */
void fact_presence(const struct fact_scan *s, const char *const *paths, struct text *ret) NONNULL;
