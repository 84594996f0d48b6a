/* SPDX-License-Identifier: Apache-2.0 */
/* How programs of a foreign platform come to run under the emulator, children and scripts
 * included: a binfmt_misc instance of the cell's own, whose mount is attached nowhere. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/notes.h"
#include "runners/cell/options.h"

enum { ELF_MAGIC_SIZE = 20 };

struct emulator {
    const char *mode; /* "none", "private", "host", "prefix" */
    int file;         /* the program; -1: none */
    int binfmt;       /* the private instance, which lives as long as this is open; else -1 */
};

/* The first bytes of an executable of that kind, and which bits of them count. */
void emulator_magic(const struct elf_kind *kind, unsigned char magic[ELF_MAGIC_SIZE],
                    unsigned char mask[ELF_MAGIC_SIZE]);

/* The line to register; the caller frees it. */
char *emulator_registration(const struct elf_kind *kind, const char *path) MUST_CHECK;

/* By the host's path; nothing to do for a native cell. */
bool emulator_open(struct emulator *em, const struct options *o, struct error *e) MUST_CHECK;

/* Chooses and prepares, by trying in order. stage is a directory for a copy of the emulator, as is
 * needed when it is itself of the kind that it emulates. Must run in the cell's user and mount
 * namespaces, while the host's root is still there. */
bool emulator_set_up(struct emulator *em, const struct options *o, int stage, struct notes *notes,
                     struct error *e) MUST_CHECK;
