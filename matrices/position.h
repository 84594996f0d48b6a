/* SPDX-License-Identifier: Apache-2.0 */
/* Where something stands in a matrix file, and the faults found there. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"
#include <stddef.h>

struct position {
    const char *file; /* as a person knows it: "plimsoll.yaml", "builtin/dns.yaml" */
    unsigned line, column;
};

/* "plimsoll.yaml:7:44" */
const char *position_text(struct pool *pool, const struct position *at) NONNULL;

struct fault {
    struct position at;
    char *text; /* owned */
};

struct faults { /* all that is wrong, so that a person repairs it in one go */
    struct fault *list;
    size_t count;
    size_t dropped; /* beyond the limit: counted only */
};

void faults_add(struct faults *f, const struct position *at, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* By line and column; of one file. */
void faults_sort(struct faults *f) NONNULL;
/* Puts those of more behind f's and leaves more empty. */
void faults_move(struct faults *f, struct faults *more) NONNULL;
/* Sets e to all of them, one a line "file:line:column: what"; true when there are none. */
bool faults_report(const struct faults *f, struct error *e) NONNULL MUST_CHECK;
void faults_done(struct faults *f) NONNULL;
