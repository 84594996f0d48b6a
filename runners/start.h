/* SPDX-License-Identifier: Apache-2.0 */
/* exec.start: what it means when a probe did not even say hello. */
#pragma once
#include "harness/model.h"
#include "runners/cell_process.h"

/* Tells from how its process ended why a probe did not start:
 *     value "no-loader"            the ELF interpreter is not in the image
 *     value "missing-library L"    the loader did not find a library
 *     value "symbol-version V"     a library lacks a symbol version: the image's libc is older
 *     value "missing-symbol S"     a library lacks a symbol
 *     crash SIGNAL, timeout        it did start, but never reached its own main
 *     error ...                    nothing of these: not understood, with what it said
 * The returned observation's value is owned by pool; cell and check are left to the caller. */
struct observation start_failure(const struct cell_end *end, struct pool *pool) NONNULL;
