/* SPDX-License-Identifier: Apache-2.0 */
/* Where and when the probe runs: the clock, and the emulator. */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double now_seconds(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int whole_seconds(double since)
{
    return (int)(now_seconds() - since + 0.5);
}

/* qemu-user has a thread of its own beside the guest's one, and shows it in /proc. */
static bool has_strange_thread(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    int threads = 1;
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Threads: %d", &threads) == 1)
            break;
    if (f)
        fclose(f);
    return threads > 1;
}

bool emulated(void)
{
    static int known = -1; /* asked first before any child or thread is made */
    if (known < 0) {
        const char *cell = getenv("PLIMSOLL_EMULATION");
        known = cell && *cell ? strcmp(cell, "none") != 0 : has_strange_thread();
    }
    return known;
}

void need_exec(void)
{
    const char *cell = getenv("PLIMSOLL_EMULATION");
    if (cell && !strcmp(cell, "prefix"))
        skip("children cannot be executed under an emulator that is not registered");
}
