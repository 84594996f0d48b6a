/* SPDX-License-Identifier: Apache-2.0 */
/* What a program in the cell prints, on its way out: the harness reads the event as the cell wrote
 * it, with the program's bytes as text that can be shown. */
#include "harness/base/fuzz.h"
#include "runners/cell/event.h"
#include "runners/cell_event.h"

enum { JOB = 7 };

/* What the cell promises to make of a program's bytes. */
static char *expected(const uint8_t *data, size_t size)
{
    struct text t = TEXT_INIT;
    for (size_t n, i = 0; i < size; i += n) {
        n = text_printable_length((const char *)data + i, size - i);
        if (n > 0)
            text_add_n(&t, (const char *)data + i, n);
        else
            text_printf(&t, "\\x%02x", data[i]);
        n = n ? n : 1;
    }
    return text_take(&t);
}

static void got_line(const struct cell_line *l, void *expected)
{
    FUZZ_CHECK(l->job == JOB && l->milliseconds == 3.5 && l->damaged);
    FUZZ_CHECK(strcmp(l->text, expected) == 0);
}

static void got_end(const struct cell_end *e, void *expected)
{
    FUZZ_CHECK(e->job == JOB && e->signal && strcmp(e->signal, "SIGKILL") == 0 && e->timeout);
    FUZZ_CHECK(strcmp(e->standard_error, expected) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP_FREE char *text = expected(data, size);
    CLEANUP_TEXT struct text out = TEXT_INIT;
    struct cell_events events = {text, NULL, got_line, got_end, NULL};
    struct event_end end = {
        .status = 9, .timeout = true, .stderr_bytes = (const char *)data, .stderr_length = size};
    event_line(&out, JOB, 3.5, (const char *)data, size, true, false);
    FUZZ_CHECK(strchr(out.data, '\n') == out.data + out.length - 1);
    FUZZ_CHECK(!cell_event_take(out.data, out.length, &events));
    text_clear(&out);
    event_end(&out, JOB, &end);
    FUZZ_CHECK(!cell_event_take(out.data, out.length, &events));
    return 0;
}
