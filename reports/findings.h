/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts picked out of a judgement and brought into the order in which they are told. */
#pragma once
#include "harness/model.h"

struct findings {
    const struct judged **rows; /* heap */
    size_t count;
};

/* Divergences: by cause (image, text), those without one last; then by check and what was seen. */
struct findings findings_divergences(const struct judgement *j) NONNULL MUST_CHECK;
/* Errors by what went wrong. */
struct findings findings_errors(const struct judgement *j) NONNULL MUST_CHECK;
/* Known deviations or skipped checks, by check and reason. */
struct findings findings_excused(const struct judgement *j, enum verdict v) NONNULL MUST_CHECK;
void findings_done(struct findings *f) NONNULL;

/* Whether two divergences belong below one heading: the same cause, or without any the same check.
 */
bool findings_same_heading(const struct judgement *j, const struct judged *a,
                           const struct judged *b) NONNULL;
/* Whether two differ in nothing but their cell. */
bool findings_same(const struct judged *a, const struct judged *b) NONNULL;

/* Why a verdict is excused: the rule's reason, else what was observed. */
const char *findings_reason(const struct judged *v) NONNULL;
