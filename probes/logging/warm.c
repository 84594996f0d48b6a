/* SPDX-License-Identifier: Apache-2.0 */
/* What most checks of the area have the libc do, but for the record itself: the next check would
 * find that. */
#include "probe.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void print_to_both(void *data)
{
    printf("%s %d\n", (const char *)data, 1);
    fprintf(stderr, "%s\n", (const char *)data);
    fflush(stdout);
}

void warm_up(void)
{
    char sizes[64], text[64];
    time_t when = 0;
    struct tm local;

    localtime_r(&when, &local);
    strftime(text, sizeof text, "%h %e %T", &local);
    in_child_writes(1, print_to_both, text, sizes, sizeof sizes, text, sizeof text);
}
