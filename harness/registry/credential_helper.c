/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/credential_helper.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { OUTPUT_BYTES = 1024 * 1024, TIME_LIMIT_SECONDS = 30 };

struct conversation { /* with one helper */
    uv_loop_t loop;
    uv_process_t process;
    uv_pipe_t in, out;
    uv_timer_t timer;
    uv_write_t write;
    struct text output;
    char block[4096];
    int64_t status;
    int signal;
    bool late, long_winded;
};

static void close_handle(uv_handle_t *h)
{
    if (!uv_is_closing(h))
        uv_close(h, NULL);
}

/* A child of the helper may hold its stdout open, so the time limit is on both. */
static void stop_clock(struct conversation *c)
{
    if (uv_is_closing((uv_handle_t *)&c->process) && uv_is_closing((uv_handle_t *)&c->out))
        close_handle((uv_handle_t *)&c->timer);
}

static void when_exited(uv_process_t *p, int64_t status, int signal)
{
    struct conversation *c = p->data;
    c->status = status;
    c->signal = signal;
    close_handle((uv_handle_t *)p);
    stop_clock(c);
}

static void when_late(uv_timer_t *t)
{
    struct conversation *c = t->data;
    c->late = true;
    if (!uv_is_closing((uv_handle_t *)&c->process))
        uv_process_kill(&c->process, SIGKILL);
    close_handle((uv_handle_t *)&c->in);
    close_handle((uv_handle_t *)&c->out);
    stop_clock(c);
}

static void give_block(uv_handle_t *h, size_t size, uv_buf_t *ret)
{
    (void)size;
    struct conversation *c = h->data;
    *ret = uv_buf_init(c->block, sizeof c->block);
}

static void when_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct conversation *c = s->data;
    if (n > 0)
        text_add_n(&c->output, b->base, (size_t)n);
    c->long_winded = c->output.length > OUTPUT_BYTES;
    if (n < 0 || c->long_winded)
        close_handle((uv_handle_t *)s);
    if (c->long_winded && !uv_is_closing((uv_handle_t *)&c->process))
        uv_process_kill(&c->process, SIGKILL);
    stop_clock(c);
}

static void when_written(uv_write_t *w, int status)
{
    (void)status; /* a helper that does not read fails in its own way */
    close_handle((uv_handle_t *)w->handle);
}

static int spawn(struct conversation *c, char *program)
{
    char get[] = "get", *argv[] = {program, get, NULL};
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&c->in},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->out},
        {.flags = UV_IGNORE},
    };
    uv_process_options_t options = {
        .exit_cb = when_exited, .file = program, .args = argv, .stdio = stdio, .stdio_count = 3};
    return uv_spawn(&c->loop, &c->process, &options);
}

static bool converse(struct conversation *c, char *program, const char *server, struct error *e)
{
    uv_loop_init(&c->loop);
    uv_pipe_init(&c->loop, &c->in, 0);
    uv_pipe_init(&c->loop, &c->out, 0);
    uv_timer_init(&c->loop, &c->timer);
    c->process.data = c->in.data = c->out.data = c->timer.data = c;
    int failed = spawn(c, program);
    if (failed) {
        close_handle((uv_handle_t *)&c->process);
        close_handle((uv_handle_t *)&c->in);
        close_handle((uv_handle_t *)&c->out);
        close_handle((uv_handle_t *)&c->timer);
    } else {
        uv_buf_t question = uv_buf_init((char *)server, (unsigned)strlen(server));
        uv_timer_start(&c->timer, when_late, TIME_LIMIT_SECONDS * 1000, 0);
        uv_read_start((uv_stream_t *)&c->out, give_block, when_read);
        uv_write(&c->write, (uv_stream_t *)&c->in, &question, 1, when_written);
    }
    uv_run(&c->loop, UV_RUN_DEFAULT);
    uv_loop_close(&c->loop);
    return !failed || error_set(e, ERROR_RUN, "cannot run %s: %s", program, uv_strerror(failed));
}

bool credential_helper_parse(const char *program, const char *json, size_t length,
                             struct credentials *ret, struct error *e)
{
    json_t *root = json_loadb(json, length, 0, NULL);
    const char *user = json_string_value(json_object_get(root, "Username"));
    const char *secret = json_string_value(json_object_get(root, "Secret"));
    bool ok = user && secret;
    if (!ok)
        error_set(e, ERROR_RUN, "%s did not print a Username and a Secret", program);
    else if (strcmp(user, "<token>") == 0)
        *ret = (struct credentials){NULL, NULL, must_strdup(secret)};
    else
        *ret = (struct credentials){must_strdup(user), must_strdup(secret), NULL};
    json_decref(root);
    return ok;
}

/* The words that every helper of docker-credential-helpers says. */
static bool knows_nothing(const struct conversation *c)
{
    return c->status != 0 && strstr(text_get(&c->output), "credentials not found") != NULL;
}

static bool conclude(const struct conversation *c, const char *program, struct credentials *ret,
                     bool *ret_found, struct error *e)
{
    *ret_found = false;
    if (c->late)
        return error_set(e, ERROR_RUN, "%s took longer than %d seconds", program,
                         TIME_LIMIT_SECONDS);
    if (c->long_winded)
        return error_set(e, ERROR_RUN, "%s printed too much", program);
    if (knows_nothing(c))
        return true;
    if (c->signal)
        return error_set(e, ERROR_RUN, "%s was killed by signal %d", program, c->signal);
    if (c->status)
        return error_set(e, ERROR_RUN, "%s ended with status %lld", program, (long long)c->status);
    *ret_found = credential_helper_parse(program, text_get(&c->output), c->output.length, ret, e);
    return *ret_found;
}

bool credential_helper_get(const char *helper, const char *server, struct credentials *ret,
                           bool *ret_found, struct error *e)
{
    CLEANUP_FREE char *program = must_printf("docker-credential-%s", helper);
    struct conversation *c = must_calloc(1, sizeof *c);
    *ret = (struct credentials){NULL, NULL, NULL};
    bool ok = converse(c, program, server, e) && conclude(c, program, ret, ret_found, e);
    if (c->output.data)
        explicit_bzero(c->output.data, c->output.length);
    text_done(&c->output);
    free(c);
    return ok;
}
