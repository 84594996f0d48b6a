/* SPDX-License-Identifier: Apache-2.0 */
/* Health tests of random bytes. */
#include "health.h"
#include <stdint.h>
#include <string.h>

bool health_repetition(const unsigned char *bytes, size_t size)
{
    size_t run = 0;

    for (size_t i = 0; i < size; i++) {
        run = i > 0 && bytes[i] == bytes[i - 1] ? run + 1 : 1;
        if (run >= HEALTH_RUN)
            return false;
    }
    return true;
}

bool health_proportion(const unsigned char *bytes, size_t size)
{
    for (size_t start = 0; start + HEALTH_WINDOW <= size; start += HEALTH_WINDOW) {
        const unsigned char *window = bytes + start;
        int repeats = 0;

        for (int i = 0; i < HEALTH_WINDOW; i++)
            repeats += window[i] == window[0];
        if (repeats >= HEALTH_REPEATS)
            return false;
    }
    return true;
}

/* Word by word: probes are built without optimisation and run under emulators. */
static int ones_in(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (int)(word * UINT64_C(0x0101010101010101) >> 56);
}

bool health_balance(const unsigned char *bytes, size_t size)
{
    long long ones = 0, bias;

    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        size_t left = size - i;
        uint64_t word = 0;

        memcpy(&word, bytes + i, left < sizeof(word) ? left : sizeof(word));
        ones += ones_in(word);
    }
    bias = 2 * ones - 8 * (long long)size; /* twice the distance from half the bits */
    return -2 * HEALTH_BIAS <= bias && bias <= 2 * HEALTH_BIAS;
}
