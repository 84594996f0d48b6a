/* SPDX-License-Identifier: Apache-2.0 */
/* What a root and its record were when they were published: seal.json beside them. At every use the
 * parts that cost nothing are compared, by `plimsoll cache verify` everything. */
#pragma once
#include "harness/tree_digest.h"

struct store_seal {
    char record[SHA256_TEXT_SIZE]; /* digest of record.json */
    struct tree_summary tree;      /* of rootfs */
    uint64_t top;                  /* entries of the root directory itself */
    bool owners;                   /* files have the owners of the image */
};

/* Seals the directory that holds rootfs and record.json, and syncs it with all below it. */
bool store_seal_make(const char *dir, struct error *e) NONNULL MUST_CHECK;

/* The seal, compared with what can be seen at once. Otherwise false, and the error says what is
 * wrong. */
bool store_seal_check(const char *dir, struct store_seal *ret, struct error *e) NONNULL MUST_CHECK;

/* The same, and reads the whole tree. */
bool store_seal_verify(const char *dir, struct error *e) NONNULL MUST_CHECK;
