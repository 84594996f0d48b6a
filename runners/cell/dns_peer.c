/* SPDX-License-Identifier: Apache-2.0 */
/* DNS over TCP: each message is preceded by its length. A client may send byte by byte, several
 * messages at once, or nothing at all: the buffer and the idle time bound it. */
#include "runners/cell/dns_peer.h"
#include "harness/base/pool.h"

#include <stdlib.h>
#include <string.h>

#define PEERS_MAX 64
#define IDLE_MS 10000

struct write_request {
    uv_write_t request;
    uint8_t data[];
};

static void write_done(uv_write_t *request, int status)
{
    (void)status;
    free(request->data);
}

void dns_peer_send(struct dns_peer *p, const struct dns_wire *wire)
{
    if (p->closing || wire->size > UINT16_MAX)
        return;
    struct write_request *w = must_calloc(1, sizeof *w + 2 + wire->size);
    w->request.data = w;
    w->data[0] = (uint8_t)(wire->size >> 8);
    w->data[1] = (uint8_t)wire->size;
    memcpy(w->data + 2, wire->data, wire->size);
    uv_buf_t buffer = uv_buf_init((char *)w->data, (unsigned)wire->size + 2);
    if (uv_write(&w->request, (uv_stream_t *)&p->tcp, &buffer, 1, write_done) < 0)
        free(w);
}

static void handle_closed(uv_handle_t *handle)
{
    struct dns_peer *p = handle->data;
    struct dns_server *s = p->endpoint->server;
    if (--p->open == 0)
        free(p);
    dns_server_handle_closed(s);
}

void dns_peer_close(struct dns_peer *p)
{
    if (p->closing)
        return;
    p->closing = true;
    struct dns_server *s = p->endpoint->server;
    dns_server_forget_peer(p);
    if (p->previous)
        p->previous->next = p->next;
    else
        s->peers = p->next;
    if (p->next)
        p->next->previous = p->previous;
    s->peer_count--;
    uv_close((uv_handle_t *)&p->tcp, handle_closed);
    uv_close((uv_handle_t *)&p->idle, handle_closed);
}

static void malformed(struct dns_peer *p)
{
    query_log_add(&p->endpoint->server->log, "tcp", p->endpoint->number, p->endpoint->ipv6,
                  "malformed");
    dns_peer_close(p);
}

static void idle_over(uv_timer_t *timer)
{
    struct dns_peer *p = timer->data;
    if (p->length)
        malformed(p);
    else
        dns_peer_close(p);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct dns_peer *p = handle->data;
    *buffer = uv_buf_init((char *)p->data + p->length, (unsigned)(sizeof p->data - p->length));
}

/* Takes the first message out of the buffer. False when it is not complete yet, or p is closed. */
static bool take_message(struct dns_peer *p)
{
    if (p->length < 2)
        return false;
    size_t size = (size_t)p->data[0] << 8 | p->data[1];
    if (size > DNS_QUERY_MAX) {
        malformed(p);
        return false;
    }
    if (p->length < 2 + size)
        return false;
    bool understood = dns_server_receive(p->endpoint, p, NULL, p->data + 2, size);
    p->length -= 2 + size;
    memmove(p->data, p->data + 2 + size, p->length);
    if (!understood)
        dns_peer_close(p);
    return understood;
}

static void received(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    (void)buffer;
    struct dns_peer *p = stream->data;
    if (size < 0) {
        if (p->length)
            malformed(p);
        else
            dns_peer_close(p);
        return;
    }
    p->length += (size_t)size;
    uv_timer_start(&p->idle, idle_over, IDLE_MS, 0);
    while (take_message(p))
        ;
}

void dns_peer_accept(uv_stream_t *listener, int status)
{
    struct dns_endpoint *endpoint = listener->data;
    struct dns_server *s = endpoint->server;
    if (status < 0 || s->closing)
        return;
    struct dns_peer *p = must_calloc(1, sizeof *p);
    p->endpoint = endpoint;
    p->open = 2;
    s->handles += 2;
    uv_tcp_init(s->loop, &p->tcp);
    uv_timer_init(s->loop, &p->idle);
    p->tcp.data = p->idle.data = p;
    p->next = s->peers;
    if (p->next)
        p->next->previous = p;
    s->peers = p;
    s->peer_count++;
    if (uv_accept(listener, (uv_stream_t *)&p->tcp) < 0 || s->peer_count > PEERS_MAX ||
        uv_read_start((uv_stream_t *)&p->tcp, give_room, received) < 0) {
        dns_peer_close(p);
        return;
    }
    uv_timer_start(&p->idle, idle_over, IDLE_MS, 0);
}
