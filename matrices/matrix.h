/* SPDX-License-Identifier: Apache-2.0 */
/* The golden matrix: reading it, looking through it, judging by it. README.md tells the format.
 *
 *     struct matrix *m = matrix_new();
 *     matrix_load(m, "plimsoll.yaml", &e) && matrix_check(m, run->checks, run->check_count, &e)
 *     struct judgement *j = judgement_new(run);
 *     matrix_judge(m, run, &options, j, &e)
 *
 * Errors of the matrix are ERROR_USAGE; their message holds every fault found, one a line, as
 * "file:line:column: what". */
#pragma once
#include "harness/model.h"
#include "matrices/position.h"

struct matrix; /* opaque */

struct matrix *matrix_new(void) MUST_CHECK;
void matrix_free(struct matrix *m);

/* Reads a file, or a shipped matrix by its name ("builtin", "minimal"), and what it includes, once.
 * Rules of a later file override earlier ones of the same check and the same `when`. */
bool matrix_load(struct matrix *m, const char *path, struct error *e) NONNULL MUST_CHECK;
/* As matrix_load, from memory. name is for errors and tells where relative includes start. */
bool matrix_load_text(struct matrix *m, const char *name, const char *text, size_t length,
                      struct error *e) NONNULL MUST_CHECK;

/* Every check and every fact that the user's files name must be in the catalogue. Shipped files may
 * know more than the catalogue of an older results file: matrix_lint looks at those too. */
bool matrix_check(const struct matrix *m, const struct check *checks, size_t count, struct error *e)
    __attribute__((nonnull(1, 4))) MUST_CHECK;

/* ---- what the files say beside the rules; valid until the next load or matrix_free ---- */

struct matrix_pin { /* a fact that the image must have, and that the rules reckon with */
    const char *fact, *check, *value;
    const char *at;      /* "plimsoll.yaml:7:44", of the value */
    struct position key; /* of the fact's name */
};

struct matrix_image {
    const char *name, *reference; /* reference: the name where the file gives none */
    const char *at;
    const struct platform **platforms; /* none: those of the file, else the image's own */
    size_t platform_count;
    struct matrix_pin *pins;
    size_t pin_count;
};

const struct matrix_image *matrix_images(const struct matrix *m, size_t *ret_count) NONNULL;
/* Of `platforms:` and `flavors:` of the last file that has them; none: count 0. */
const struct platform *const *matrix_platforms(const struct matrix *m, size_t *ret_count) NONNULL;
const enum flavor *matrix_flavors(const struct matrix *m, size_t *ret_count) NONNULL;

struct matrix_rule { /* a rule as people read it, for explain */
    const char *check, *at;
    const char *when;     /* "libc: musl, libc-version: <1.2.4"; "" for all cells */
    const char *expected; /* as struct judged has it */
    const char *kind;     /* "known", "flaky", "skip"; NULL */
    const char *reason, *ref, *expires;
    bool keep, shipped;
};

/* The rules in force of one check, or of all (NULL), in the order of the files. Begin with
 * *cursor = 0; false after the last one. */
bool matrix_next_rule(const struct matrix *m, const char *check, size_t *cursor,
                      struct matrix_rule *ret) __attribute__((nonnull(1, 3, 4)));

/* ---- judging ---- */

struct judge_options {
    int64_t now; /* epoch seconds, or SOURCE_DATE_EPOCH: what `expires` is held against */
    bool strict; /* noted in the judgement */
    const char *const *selected; /* ids of the checks that were to run; none: the run's catalogue */
    size_t selected_count;
};

/* Fills a judgement made by judgement_new(run): a verdict for every observation, and for every
 * check that has a rule, was selected and was not observed; by cell, then check. Two rules that
 * collide in a cell are an error that names all of them. */
bool matrix_judge(const struct matrix *m, const struct run *run,
                  const struct judge_options *options, struct judgement *ret,
                  struct error *e) NONNULL MUST_CHECK;

/* ---- lint ---- */

struct lint_finding {
    bool fault; /* else a remark: worth knowing, not wrong */
    /* faults: "collision", "never matches", "no reason", "unknown"; remarks: "never used",
     * "expired", "no rule" */
    const char *kind;
    const char *file; /* "catalogue", line 0: of no file */
    unsigned line, column;
    const char *text;
};

/* What is wrong with rules that can be read, found without running anything, by file and line.
 * checks may be none: then names are not looked up. Texts live in pool, the list is heap. Returns
 * the number of faults. */
size_t matrix_lint(const struct matrix *m, const struct check *checks, size_t check_count,
                   int64_t now, struct pool *pool, struct lint_finding **ret, size_t *ret_count)
    __attribute__((nonnull(1, 5, 6, 7)));
