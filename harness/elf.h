/* SPDX-License-Identifier: Apache-2.0 */
/* As much of ELF as tells which platform a file is for, and which loader it asks for. */
#pragma once
#include "harness/model.h"

enum { ELF_HEAD_SIZE = 64 }; /* bytes of a file that elf_platform wants to see */

/* Whether the bytes begin an ELF file; *ret_platform is NULL when it is for none of ours. */
bool elf_platform(const void *head, size_t size,
                  const struct platform **ret_platform) NONNULL MUST_CHECK;

/* The loader that an ELF file names (PT_INTERP), from the file's first bytes: "/lib64/ld.so.1".
 * NULL when the bytes begin no ELF file, it names none or none that the kernel takes, or the name
 * lies beyond the bytes. The text is as foreign as the file. The caller frees it. */
char *elf_interpreter(const void *data, size_t size) NONNULL MUST_CHECK;

struct elf_votes {
    const struct platform *platform; /* of most files; NULL: none of ours */
    size_t files;                    /* ELF files that were looked at */
    size_t others;                   /* of them for another platform than most */
};

/* What most programs and libraries of a root are for, from a sample of its usual directories. */
struct elf_votes elf_vote(int root) MUST_CHECK;
