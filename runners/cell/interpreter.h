/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel would say to a program if it did not leave that to an emulator. */
#pragma once
#include "harness/base/error.h"

#include <stddef.h>

/* The loader that an ELF program asks for. False when there is none, or it is damaged. */
bool interpreter_read(int fd, char *ret_path, size_t size);

/* What execve would fail with: the program or its loader is missing or may not be executed. Under
 * an emulator execve succeeds all the same. 0 when nothing speaks against it. */
int interpreter_exec_error(const char *path);
