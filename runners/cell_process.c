/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell_process.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell_event.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVENT_LIMIT = 128 * 1024, /* a line of 8 KiB, escaped, and its frame */
    STDERR_LIMIT = 4096,
    HANDLES = 4, /* process and three pipes */
};

struct cell_process {
    struct cell_events events;
    uv_process_t process;
    uv_pipe_t in, out, err;
    uv_shutdown_t shutdown;
    struct text line, complaints;
    char *fault; /* what was wrong with its events */
    int64_t exit_status;
    int signal;
    int open_handles;
    bool exited;
    char buffer[64 * 1024];
};

/* ---- events ---- */

/* Takes why over. */
static void set_fault(struct cell_process *c, char *why)
{
    if (c->fault)
        free(why);
    else
        c->fault = why;
    cell_process_kill(c);
}

static void take_event(struct cell_process *c)
{
    char *fault = cell_event_take(text_get(&c->line), c->line.length, &c->events);
    if (fault)
        set_fault(c, fault);
}

static void take_bytes(struct cell_process *c, const char *bytes, size_t count)
{
    while (count > 0 && !c->fault) {
        const char *newline = memchr(bytes, '\n', count);
        size_t part = newline ? (size_t)(newline - bytes) : count;
        if (c->line.length + part > EVENT_LIMIT) {
            set_fault(c, must_strdup("it sent an event that is too long"));
            return;
        }
        text_add_n(&c->line, bytes, part);
        if (newline) {
            take_event(c);
            text_clear(&c->line);
            part++;
        }
        bytes += part;
        count -= part;
    }
}

/* ---- the end ---- */

/* What it said on stderr, without the newlines at its end. */
static void add_said(struct text *t, const struct text *complaints)
{
    size_t length = complaints->length;
    while (length > 0 && complaints->data[length - 1] == '\n')
        length--;
    text_add_printable(t, text_get(complaints), length);
}

static char *describe_failure(const struct cell_process *c)
{
    CLEANUP_TEXT struct text printable = TEXT_INIT;
    add_said(&printable, &c->complaints);
    const char *said = text_get(&printable);
    if (c->fault)
        return must_printf("the sandbox failed: %s", c->fault);
    if (c->signal)
        return must_printf("the sandbox was killed (signal %d)%s%s", c->signal, *said ? ": " : "",
                           said);
    if (c->exit_status != 0)
        return must_printf("the sandbox failed (exit status %d)%s%s", (int)c->exit_status,
                           *said ? ": " : "", said);
    return NULL;
}

static void when_closed(uv_handle_t *handle)
{
    struct cell_process *c = handle->data;
    if (--c->open_handles > 0)
        return;
    CLEANUP_FREE char *why = describe_failure(c);
    c->events.gone(why, c->events.data);
    text_done(&c->line);
    text_done(&c->complaints);
    free(c->fault);
    free(c);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, when_closed);
}

static void when_exited(uv_process_t *process, int64_t status, int signal)
{
    struct cell_process *c = process->data;
    c->exit_status = status;
    c->signal = signal;
    c->exited = true;
    close_handle((uv_handle_t *)&c->in);
    close_handle((uv_handle_t *)process);
}

/* ---- pipes ---- */

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct cell_process *c = handle->data;
    (void)suggested;
    *ret = uv_buf_init(c->buffer, sizeof c->buffer);
}

static void when_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    if (count > 0)
        take_bytes(stream->data, buffer->base, (size_t)count);
    else if (count < 0)
        close_handle((uv_handle_t *)stream);
}

static void when_complained(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct cell_process *c = stream->data;
    if (count < 0) {
        close_handle((uv_handle_t *)stream);
        return;
    }
    size_t room = c->complaints.length < STDERR_LIMIT ? STDERR_LIMIT - c->complaints.length : 0;
    text_add_n(&c->complaints, buffer->base, (size_t)count < room ? (size_t)count : room);
}

static void init_pipes(struct cell_process *c, uv_loop_t *loop)
{
    uv_pipe_t *pipes[] = {&c->in, &c->out, &c->err};
    for (size_t i = 0; i < 3; i++) {
        uv_pipe_init(loop, pipes[i], 0);
        pipes[i]->data = c;
    }
    c->process.data = c;
    c->open_handles = HANDLES;
}

struct cell_process *cell_process_start(uv_loop_t *loop, char **argv,
                                        const struct cell_events *events)
{
    struct cell_process *c = must_calloc(1, sizeof *c);
    c->events = *events;
    init_pipes(c, loop);
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&c->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->err},
    };
    uv_process_options_t options = {
        .file = argv[0], .args = argv, .exit_cb = when_exited, .stdio = stdio, .stdio_count = 3};
    int failed = uv_spawn(loop, &c->process, &options);
    if (failed) {
        c->fault = must_printf("cannot start %s: %s", argv[0], uv_strerror(failed));
        c->exited = true;
        close_handle((uv_handle_t *)&c->in);
        close_handle((uv_handle_t *)&c->out);
        close_handle((uv_handle_t *)&c->err);
        close_handle((uv_handle_t *)&c->process);
        return c;
    }
    uv_read_start((uv_stream_t *)&c->out, give_buffer, when_read);
    uv_read_start((uv_stream_t *)&c->err, give_buffer, when_complained);
    return c;
}

/* ---- input ---- */

static void when_written(uv_write_t *request, int status)
{
    (void)status; /* a cell that does not read any more ends, and says why there */
    free(request);
}

void cell_process_send(struct cell_process *c, const char *line, size_t length)
{
    if (uv_is_closing((uv_handle_t *)&c->in))
        return;
    uv_write_t *request = must_calloc(1, sizeof *request + length);
    memcpy(request + 1, line, length);
    uv_buf_t buffer = uv_buf_init((char *)(request + 1), (unsigned)length);
    if (uv_write(request, (uv_stream_t *)&c->in, &buffer, 1, when_written) != 0)
        free(request);
}

static void when_shut(uv_shutdown_t *request, int status)
{
    (void)status;
    close_handle((uv_handle_t *)request->handle);
}

/* By shutdown, not close: what was sent before must still arrive. */
void cell_process_finish(struct cell_process *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->in) &&
        uv_shutdown(&c->shutdown, (uv_stream_t *)&c->in, when_shut) != 0)
        close_handle((uv_handle_t *)&c->in);
}

void cell_process_kill(struct cell_process *c)
{
    if (!c->exited)
        uv_process_kill(&c->process, SIGKILL);
}
