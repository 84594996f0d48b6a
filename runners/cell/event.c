/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/event.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* A JSON string of foreign bytes: what is not printable as \xHH, which JSON sees as \\xHH. */
static void add_string(struct text *out, const char *bytes, size_t length)
{
    CLEANUP_TEXT struct text printable = TEXT_INIT;
    text_add_char(out, '"');
    /* text_add_printable doubles a backslash and escapes by one; JSON wants the latter doubled and
     * the former as they are. */
    for (const char *end = bytes + length; bytes < end;) {
        const char *stop = memchr(bytes, '\\', (size_t)(end - bytes));
        text_clear(&printable);
        text_add_printable(&printable, bytes, (size_t)((stop ? stop : end) - bytes));
        for (const char *s = text_get(&printable); *s; s++) {
            if (*s == '"' || *s == '\\')
                text_add_char(out, '\\');
            text_add_char(out, *s);
        }
        if (stop)
            text_add(out, "\\\\");
        bytes = stop ? stop + 1 : end;
    }
    text_add_char(out, '"');
}

static void add_text(struct text *out, const char *text)
{
    add_string(out, text, strlen(text));
}

void event_ready(struct text *out, const char *root, const char *emulation,
                 const struct notes *degraded)
{
    text_printf(out, "{\"event\":\"ready\",\"root\":\"%s\",\"emulation\":\"%s\",\"degraded\":[",
                root, emulation);
    for (size_t i = 0; i < degraded->count; i++) {
        if (i > 0)
            text_add_char(out, ',');
        add_text(out, degraded->items[i]);
    }
    text_add(out, "]}\n");
}

void event_line(struct text *out, unsigned long long job, double ms, const char *bytes,
                size_t length, bool cut, bool partial)
{
    text_printf(out, "{\"event\":\"line\",\"job\":%llu,\"ms\":%.1f,\"text\":", job, ms);
    add_string(out, bytes, length);
    if (cut)
        text_add(out, ",\"cut\":true");
    if (partial)
        text_add(out, ",\"partial\":true");
    text_add(out, "}\n");
}

static void add_signal(struct text *out, int number)
{
    const char *name = sigabbrev_np(number);
    if (name)
        text_printf(out, ",\"signal\":\"SIG%s\"", name);
    else if (number >= SIGRTMIN && number <= SIGRTMAX)
        text_printf(out, ",\"signal\":\"SIGRTMIN+%d\"", number - SIGRTMIN);
    else
        text_printf(out, ",\"signal\":\"signal %d\"", number);
}

static void add_errno(struct text *out, int number)
{
    const char *name = strerrorname_np(number);
    if (name)
        text_printf(out, ",\"exec\":\"%s\"", name);
    else
        text_printf(out, ",\"exec\":\"errno %d\"", number);
}

void event_end(struct text *out, unsigned long long job, const struct event_end *end)
{
    text_printf(out, "{\"event\":\"end\",\"job\":%llu,\"ms\":%.1f", job, end->ms);
    if (end->error) {
        text_add(out, ",\"error\":");
        add_text(out, end->error);
    } else if (end->exec_errno) {
        add_errno(out, end->exec_errno);
    } else if (WIFSIGNALED(end->status)) {
        add_signal(out, WTERMSIG(end->status));
    } else {
        text_printf(out, ",\"exit\":%d", WEXITSTATUS(end->status));
    }
    if (end->timeout)
        text_add(out, ",\"timeout\":true");
    if (end->flood)
        text_add(out, ",\"flood\":true");
    if (end->stderr_length > 0) {
        text_add(out, ",\"stderr\":");
        add_string(out, end->stderr_bytes, end->stderr_length);
    }
    text_add(out, "}\n");
}

void event_error(struct text *out, const char *why)
{
    text_add(out, "{\"event\":\"error\",\"why\":");
    add_text(out, why);
    text_add(out, "}\n");
}
