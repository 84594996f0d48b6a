/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/fixture.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell/descriptors.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 256, PAYLOAD_MAX = 96 * 1024, LONGEST_WAIT = 600 * 1000 };

/* One waiter at a time: the verb is for checks, of which one runs at a time. */
struct fixture {
    int fd;
    struct dns_server *dns;
    struct syslog_sink *sink;
    struct fixture_events events;
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned handles;
    bool waiting;
    char sequence[24]; /* of the one that waits */
};

/* ---- the request ---- */

static const char *parse_wait(const char *s, unsigned *ret)
{
    unsigned long value = 0;
    if (!isdigit((unsigned char)*s))
        return "syslog: expected milliseconds";
    for (; isdigit((unsigned char)*s); s++) {
        value = value * 10 + (unsigned long)(*s - '0');
        if (value > LONGEST_WAIT)
            return "syslog: too long a wait";
    }
    *ret = (unsigned)value;
    return *s ? "syslog: expected milliseconds" : NULL;
}

static const char *parse_check(const char *s, char *ret, size_t size)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        if (s[i] <= ' ' || s[i] > '~')
            return "fixture: expected the name of a check";
    if (n == 0 || n >= size)
        return "fixture: expected the name of a check";
    memcpy(ret, s, n + 1);
    return NULL;
}

const char *fixture_parse(const char *bytes, size_t length, struct fixture_request *ret)
{
    char text[REQUEST_MAX + 1];
    *ret = (struct fixture_request){.sequence = "0"};
    if (length > REQUEST_MAX || memchr(bytes, '\0', length))
        return "a request is one short text";
    memcpy(text, bytes, length);
    text[length] = '\0';
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits >= sizeof ret->sequence || text[digits] != ' ')
        return "expected a number first";
    memcpy(ret->sequence, text, digits);
    ret->sequence[digits] = '\0';
    const char *verb = text + digits + 1;
    if (strcmp(verb, "dns-log") == 0) {
        ret->verb = FIXTURE_DNS_LOG;
        return NULL;
    }
    if (strncmp(verb, "syslog ", 7) == 0) {
        ret->verb = FIXTURE_SYSLOG;
        return parse_wait(verb + 7, &ret->wait);
    }
    if (strcmp(verb, "fixture") == 0 || strncmp(verb, "fixture ", 8) == 0) {
        ret->verb = FIXTURE_TAKE;
        return verb[7] ? parse_check(verb + 8, ret->check, sizeof ret->check) : NULL;
    }
    return "no such request";
}

/* ---- the reply ---- */

/* A probe that does not read its replies loses them. */
static void reply(struct fixture *f, const char *sequence, const char *result, const char *payload,
                  size_t length)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    text_printf(&t, "%s %s", sequence, result);
    if (payload)
        text_add_n(&t, payload, length < PAYLOAD_MAX ? length : PAYLOAD_MAX);
    send(f->fd, t.data, t.length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void reply_error(struct fixture *f, const char *sequence, const char *why)
{
    CLEANUP_FREE char *text = must_printf("error %s", why);
    reply(f, sequence, text, NULL, 0);
}

/* Those who do not read their replies lose these, too. */
static void reply_descriptors(struct fixture *f, const char *sequence, const int fds[FIXTURE_FDS])
{
    CLEANUP_FREE char *text = must_printf("%s ok\n", sequence);
    descriptors_send(f->fd, text, strlen(text), fds, FIXTURE_FDS, MSG_DONTWAIT);
}

static void take(struct fixture *f, const struct fixture_request *r)
{
    struct error e = ERROR_INIT;
    int fds[FIXTURE_FDS];
    if (!f->events.take) {
        reply_error(f, r->sequence, "the checks of this job have no fixtures of their own");
    } else if (!f->events.take(r->check, fds, &e, f->events.data)) {
        reply_error(f, r->sequence, e.message);
        error_clear(&e);
    } else {
        reply_descriptors(f, r->sequence, fds);
        for (int i = 0; i < FIXTURE_FDS; i++)
            close(fds[i]);
    }
}

static void reply_dns_log(struct fixture *f, const char *sequence)
{
    CLEANUP_FREE char *log = f->dns ? dns_server_take_log(f->dns) : must_strdup("");
    reply(f, sequence, "ok\n", log, strlen(log));
}

static bool reply_record(struct fixture *f, const char *sequence)
{
    size_t length;
    CLEANUP_FREE char *record = f->sink ? syslog_take(f->sink, &length) : NULL;
    if (record)
        reply(f, sequence, "ok\n", record, length);
    return record != NULL;
}

static void end_wait(struct fixture *f)
{
    f->waiting = false;
    uv_timer_stop(&f->timer);
}

static void wait_over(uv_timer_t *timer)
{
    struct fixture *f = timer->data;
    end_wait(f);
    reply(f, f->sequence, "none", NULL, 0);
}

void fixture_record_arrived(struct fixture *f)
{
    if (f->waiting && reply_record(f, f->sequence))
        end_wait(f);
}

static void await_record(struct fixture *f, const struct fixture_request *r)
{
    if (f->waiting) { /* a check that was killed while it waited */
        end_wait(f);
        reply(f, f->sequence, "none", NULL, 0);
    }
    if (reply_record(f, r->sequence))
        return;
    memcpy(f->sequence, r->sequence, sizeof f->sequence);
    f->waiting = true;
    uv_update_time(f->timer.loop);
    uv_timer_start(&f->timer, wait_over, r->wait, 0);
}

static void answer(struct fixture *f, const char *bytes, size_t length)
{
    struct fixture_request r;
    const char *wrong = fixture_parse(bytes, length, &r);
    if (wrong) {
        reply_error(f, r.sequence, wrong);
    } else if (r.verb == FIXTURE_TAKE) {
        take(f, &r);
    } else if (r.verb == FIXTURE_DNS_LOG) {
        reply_dns_log(f, r.sequence);
    } else {
        await_record(f, &r);
    }
}

static void readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct fixture *f = poll->data;
    char bytes[REQUEST_MAX + 1];
    ssize_t n = recv(f->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n > 0) {
        answer(f, bytes, (size_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        uv_poll_stop(poll); /* everyone who held the other end has closed it */
        if (f->events.left)
            f->events.left(f->events.data);
    }
}

/* ---- life ---- */

struct fixture *fixture_open(uv_loop_t *loop, int fd, struct dns_server *dns,
                             struct syslog_sink *sink, const struct fixture_events *events)
{
    struct fixture *f = must_calloc(1, sizeof *f);
    f->fd = fd;
    f->dns = dns;
    f->sink = sink;
    f->events = *events;
    f->handles = 2;
    uv_poll_init(loop, &f->poll, fd);
    uv_timer_init(loop, &f->timer);
    f->poll.data = f->timer.data = f;
    uv_poll_start(&f->poll, UV_READABLE, readable);
    return f;
}

static void handle_closed(uv_handle_t *handle)
{
    struct fixture *f = handle->data;
    if (--f->handles == 0)
        free(f);
}

void fixture_close(struct fixture *f)
{
    if (!f)
        return;
    uv_poll_stop(&f->poll);
    close(f->fd);
    uv_close((uv_handle_t *)&f->poll, handle_closed);
    uv_close((uv_handle_t *)&f->timer, handle_closed);
}
