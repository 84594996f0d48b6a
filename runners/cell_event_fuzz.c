/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of plimsoll-cell: each is one event, or a fault that can be shown. */
#include "harness/base/fuzz.h"
#include "runners/cell_event.h"

static void ready(const struct cell_ready *r, void *told)
{
    (void)r;
    ++*(int *)told;
}

static void line(const struct cell_line *l, void *told)
{
    FUZZ_CHECK(l->text && strlen(l->text) <= l->length);
    ++*(int *)told;
}

static void end(const struct cell_end *e, void *told)
{
    FUZZ_CHECK(e->standard_error);
    ++*(int *)told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int told = 0;
    struct cell_events events = {&told, ready, line, end, NULL};
    CLEANUP_FREE char *fault = cell_event_take((const char *)data, size, &events);
    FUZZ_CHECK(told == (fault ? 0 : 1));
    FUZZ_CHECK(!fault || fuzz_is_printable(fault));
    return 0;
}
