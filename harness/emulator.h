/* SPDX-License-Identifier: Apache-2.0 */
/* qemu-user: which program emulates a platform, and its identity. */
#pragma once
#include "harness/base/error.h"
#include "harness/memo.h"
#include "harness/model.h"

struct emulator {
    char *path;    /* of a statically linked qemu-user */
    char *name;    /* "qemu-aarch64-static" */
    char *version; /* "7.2.22" */
    char *digest;  /* "sha256:..." */
};

/* Looks for qemu-ARCH-static in PLIMSOLL_QEMU (a folder) or PATH. When
 * there is none, the error says what to install. Version and digest may be remembered. */
bool emulator_find(const struct platform *platform, const struct memo *memo, struct emulator *ret,
                   struct error *e) NONNULL MUST_CHECK;
void emulator_done(struct emulator *emulator) NONNULL;

/* The version in what `qemu --version` prints; NULL when there is none. The caller frees it. */
char *emulator_parse_version(const char *output) NONNULL MUST_CHECK;
