/* SPDX-License-Identifier: Apache-2.0 */
/* The libc's getrandom, which is not the kernel's where the libc has a generator of its own. */
#pragma once
#include <sys/types.h>

typedef ssize_t getrandom_function(void *buffer, size_t size, unsigned flags);

/* Ends the check as skip("no getrandom in this libc") where there is none. */
getrandom_function *libc_getrandom(void);
