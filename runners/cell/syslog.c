/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/syslog.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Beyond that nothing is read until records are taken, and the sender waits as it would for a busy
 * daemon. */
enum { RECORDS_MAX = 256, PEERS_MAX = 16, BACKLOG = 16 };

struct record {
    struct record *next;
    size_t length;
    char bytes[];
};

struct peer { /* a connection of the stream kind */
    struct syslog_sink *sink;
    uv_poll_t poll;
    int fd; /* -1: free, or closing */
    struct text rest;
};

struct syslog_sink {
    enum syslog_kind kind;
    int fd;
    uv_loop_t *loop;
    uv_poll_t poll;
    void (*arrived)(void *data);
    void *data;
    struct record *first, **last;
    unsigned record_count, handles;
    bool paused, closing;
    struct peer *peers[PEERS_MAX];
};

bool syslog_kind_parse(const char *name, enum syslog_kind *ret)
{
    static const char *const names[SYSLOG_KINDS] = {"dgram", "stream", "none"};
    for (int i = 0; i < SYSLOG_KINDS; i++)
        if (strcmp(names[i], name) == 0) {
            *ret = (enum syslog_kind)i;
            return true;
        }
    return false;
}

/* ---- records ---- */

static void add_record(struct syslog_sink *s, const char *bytes, size_t length)
{
    struct record *r = must_calloc(1, sizeof *r + length + 1);
    memcpy(r->bytes, bytes, length);
    r->length = length;
    *s->last = r;
    s->last = &r->next;
    s->record_count++;
}

static void listen_or_pause(struct syslog_sink *s);

static void read_pending(struct syslog_sink *s);

char *syslog_take(struct syslog_sink *s, size_t *ret_length)
{
    if (!s->first)
        read_pending(s);
    struct record *r = s->first;
    if (!r)
        return NULL;
    s->first = r->next;
    if (!s->first)
        s->last = &s->first;
    s->record_count--;
    char *bytes = must_calloc(1, r->length + 1);
    memcpy(bytes, r->bytes, r->length);
    *ret_length = r->length;
    free(r);
    listen_or_pause(s);
    return bytes;
}

static void drop_records(struct syslog_sink *s)
{
    for (struct record *next, *r = s->first; r; r = next) {
        next = r->next;
        free(r);
    }
    s->first = NULL;
    s->last = &s->first;
    s->record_count = 0;
}

/* ---- stream ---- */

static void handle_closed(struct syslog_sink *s)
{
    if (--s->handles == 0 && s->closing)
        free(s);
}

static void peer_closed(uv_handle_t *handle)
{
    struct peer *p = handle->data;
    struct syslog_sink *s = p->sink;
    text_done(&p->rest);
    free(p);
    handle_closed(s);
}

static void close_peer(struct syslog_sink *s, struct peer *p)
{
    for (int i = 0; i < PEERS_MAX; i++)
        if (s->peers[i] == p)
            s->peers[i] = NULL;
    uv_poll_stop(&p->poll);
    close(p->fd);
    p->fd = -1;
    uv_close((uv_handle_t *)&p->poll, peer_closed);
}

/* Cuts whole records off what has arrived. */
static void split_records(struct peer *p, bool ended)
{
    char *start = p->rest.data, *end = start + p->rest.length, *nul;
    while (start < end && (nul = memchr(start, '\0', (size_t)(end - start)))) {
        add_record(p->sink, start, (size_t)(nul - start));
        start = nul + 1;
    }
    size_t left = (size_t)(end - start);
    if (left > 0 && (ended || left >= SYSLOG_RECORD_MAX)) {
        add_record(p->sink, start, left);
        left = 0;
    }
    if (left > 0)
        memmove(p->rest.data, start, left);
    p->rest.length = left;
}

static void read_peer(struct peer *p)
{
    struct syslog_sink *s = p->sink;
    char bytes[4096];
    ssize_t n = recv(p->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        text_add_n(&p->rest, bytes, (size_t)n);
    if (p->rest.length > 0)
        split_records(p, n <= 0);
    if (n <= 0)
        close_peer(s, p);
}

static void tell(struct syslog_sink *s)
{
    listen_or_pause(s);
    if (s->first)
        s->arrived(s->data);
}

static void peer_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct peer *p = poll->data;
    struct syslog_sink *s = p->sink;
    read_peer(p);
    tell(s);
}

static void accept_peer(struct syslog_sink *s)
{
    int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    for (int i = 0; i < PEERS_MAX; i++) {
        if (s->peers[i])
            continue;
        struct peer *p = s->peers[i] = must_calloc(1, sizeof *p);
        p->sink = s;
        p->fd = fd;
        s->handles++;
        uv_poll_init(s->loop, &p->poll, fd);
        p->poll.data = p;
        uv_poll_start(&p->poll, UV_READABLE, peer_readable);
        return;
    }
    close(fd);
}

/* ---- the socket ---- */

static bool receive_record(struct syslog_sink *s)
{
    static char bytes[SYSLOG_RECORD_MAX];
    ssize_t n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n >= 0)
        add_record(s, bytes, (size_t)n);
    return n >= 0;
}

static void readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct syslog_sink *s = poll->data;
    if (s->kind == SYSLOG_STREAM) {
        accept_peer(s);
        return;
    }
    while (s->record_count < RECORDS_MAX && receive_record(s))
        ;
    tell(s);
}

/* What was sent before a request came over another socket is there before it is answered. */
static void read_pending(struct syslog_sink *s)
{
    if (s->kind == SYSLOG_DGRAM) {
        receive_record(s);
        return;
    }
    accept_peer(s);
    for (int i = 0; i < PEERS_MAX; i++)
        if (s->peers[i])
            read_peer(s->peers[i]);
}

static void listen_or_pause(struct syslog_sink *s)
{
    bool full = s->record_count >= RECORDS_MAX;
    if (full == s->paused || s->closing)
        return;
    s->paused = full;
    if (full)
        uv_poll_stop(&s->poll);
    else
        uv_poll_start(&s->poll, UV_READABLE, readable);
    for (int i = 0; i < PEERS_MAX; i++) {
        if (s->peers[i] && full)
            uv_poll_stop(&s->peers[i]->poll);
        else if (s->peers[i])
            uv_poll_start(&s->peers[i]->poll, UV_READABLE, peer_readable);
    }
}

/* By a relative name: the path of the directory is too long for an address, and not ours. */
static int bind_socket(enum syslog_kind kind, int directory)
{
    int type = kind == SYSLOG_STREAM ? SOCK_STREAM : SOCK_DGRAM;
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "log"};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool fine = fd >= 0 && fchdir(directory) == 0 &&
                bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
                fchmodat(directory, "log", 0666, 0) == 0 &&
                (type == SOCK_DGRAM || listen(fd, BACKLOG) == 0);
    int errnum = errno;
    if (chdir("/") < 0 || !fine) {
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    errno = errnum;
    return fd;
}

struct syslog_sink *syslog_open(uv_loop_t *loop, enum syslog_kind kind, int directory,
                                void (*arrived)(void *data), void *data, struct error *e)
{
    int fd = bind_socket(kind, directory);
    if (fd < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot listen on /dev/log");
        return NULL;
    }
    struct syslog_sink *s = must_calloc(1, sizeof *s);
    s->kind = kind;
    s->fd = fd;
    s->loop = loop;
    s->arrived = arrived;
    s->data = data;
    s->last = &s->first;
    s->handles = 1;
    uv_poll_init(loop, &s->poll, fd);
    s->poll.data = s;
    uv_poll_start(&s->poll, UV_READABLE, readable);
    return s;
}

static void close_peers(struct syslog_sink *s)
{
    for (int i = 0; i < PEERS_MAX; i++)
        if (s->peers[i])
            close_peer(s, s->peers[i]);
}

void syslog_reset(struct syslog_sink *s)
{
    close_peers(s);
    drop_records(s);
    if (s->kind == SYSLOG_STREAM) {
        for (int fd; (fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
            close(fd);
    } else {
        while (receive_record(s))
            drop_records(s);
    }
    listen_or_pause(s);
}

static void sink_closed(uv_handle_t *handle)
{
    handle_closed(handle->data);
}

void syslog_close(struct syslog_sink *s)
{
    if (!s)
        return;
    s->closing = true;
    close_peers(s);
    drop_records(s);
    uv_poll_stop(&s->poll);
    close(s->fd);
    uv_close((uv_handle_t *)&s->poll, sink_closed);
}
