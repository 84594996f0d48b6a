/* SPDX-License-Identifier: Apache-2.0 */
/* The closed vocabulary of `when`.
 *
 * flavor, libc and linkage say the same thing in three ways, and so do arch, bits and endian:
 * such words become a mask of flavors or of platforms. Every other word is an axis of its own. */
#pragma once
#include "harness/model.h"
#include "matrices/set.h"

enum axis_kind {
    AXIS_FLAVOR,   /* a mask: 1 << enum flavor */
    AXIS_PLATFORM, /* a mask: 1 << index into platforms[] */
    AXIS_EMULATED, /* a mask: EMULATED_NO, EMULATED_YES */
    AXIS_OPEN,     /* a set of names or versions */
    AXIS_FACT,     /* as open; the word is a fact's name */
};

enum { EMULATED_NO = 1, EMULATED_YES = 2 };

enum axis_word {
    WORD_FLAVOR,
    WORD_LIBC,
    WORD_LINKAGE,
    WORD_ARCH,
    WORD_BITS,
    WORD_ENDIAN,
    WORD_EMULATED,
    WORD_LIBC_VERSION,
    WORD_EMULATOR_VERSION,
    WORD_KERNEL,
    WORD_RUNNER,
    WORD_IMAGE,
    WORD_OS,
    WORD_OS_VERSION,
    WORD_FACT, /* any other word; the number of those above */
};

struct axis {
    enum axis_word word;
    enum axis_kind kind;
    enum set_kind set;
    const char *name; /* of a fact: the id of its check, so that its spellings are one axis */
};

/* Every word that is no other is a fact, which matrix_check looks up in the catalogue. */
struct axis axis_by_name(struct pool *pool, const char *name) NONNULL;
const char *axis_word_name(enum axis_word word);

/* "tzdata" -> "image.tzdata", "image-libc" -> "image.libc" */
const char *fact_check(struct pool *pool, const char *fact) NONNULL;

/* Values of the axes with a mask: what member says (flavor, platform or emulated index); the
 * number of members. */
size_t axis_member_count(enum axis_kind kind);
const char *axis_member_value(enum axis_word word, size_t member);
