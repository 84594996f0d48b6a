/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of this installation are: beside the program, or where the environment says. */
#pragma once
#include "harness/base/error.h"
#include "harness/memo.h"
#include "harness/model.h"

struct installation {
    char *probes;     /* PLIMSOLL_PROBES or ../lib/plimsoll/probes; below it PLATFORM/FLAVOR/AREA */
    char *cell;       /* PLIMSOLL_CELL or ../lib/plimsoll/plimsoll-cell */
    struct memo memo; /* what is known of its files; the caller's to open */
};

/* ret is owned by the caller: installation_done(). */
bool installation_find(struct installation *ret, struct error *e) NONNULL MUST_CHECK;
void installation_done(struct installation *i) NONNULL;

/* Path of one probe program; the caller frees it. */
char *installation_probe(const struct installation *i, const struct platform *platform,
                         enum flavor flavor, enum area area) NONNULL MUST_CHECK;
