/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of bytes as people write and read them: powers of 1024. */
#pragma once
#include "harness/base/error.h"
#include <stdint.h>

/* "1500", "20M", "1.5G", also with iB or B behind the letter (K, M, G, T; either case). */
bool size_parse(const char *text, uint64_t *ret) NONNULL MUST_CHECK;

enum { SIZE_TEXT_SIZE = 16 };
/* "0 B", "1023 B", "1.5 KiB", "26.0 MiB". */
void size_print(uint64_t bytes, char ret[SIZE_TEXT_SIZE]) NONNULL;
