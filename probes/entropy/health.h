/* SPDX-License-Identifier: Apache-2.0 */
/* Health tests of random bytes after SP 800-90B 4.4, with cut-offs so far out that good bytes fail
 * fewer than once in 2^40 runs. Pure functions: no I/O, no allocation. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum {
    HEALTH_SIZE = 1 << 18, /* bytes of a sample, for which the cut-offs are worked out */
    HEALTH_RUN = 9,        /* equal bytes in a row: 2^18 * 2^-64 */
    HEALTH_WINDOW = 512,   /* bytes */
    HEALTH_REPEATS = 24,   /* of a window's first byte in it: 2^9 windows * 2^-55 */
    HEALTH_BIAS = 5793,    /* ones too many or too few in 2^21 bits: 8 sigma, 2^-49 */
};

/* Repetition count test: no byte comes HEALTH_RUN times in a row. */
bool health_repetition(const unsigned char *bytes, size_t size);
/* Adaptive proportion test: no window's first byte comes HEALTH_REPEATS times in it. What is left
 * over after the last whole window is not looked at. */
bool health_proportion(const unsigned char *bytes, size_t size);
/* The ones differ from half the bits by HEALTH_BIAS at the most. */
bool health_balance(const unsigned char *bytes, size_t size);
