/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/dns.h"
#include "harness/base/pool.h"
#include "runners/cell/dns_peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT 53
#define SLOTS 250 /* and parts of each */
#define PENDING_MAX 1024
#define BACKLOG 64
#define DRAIN_MAX 256

struct dns_server *dns_server_open(uv_loop_t *loop, struct dns_place place, const char *zone_script,
                                   struct error *e)
{
    if (place.slot < 1 || place.slot > SLOTS || place.part > SLOTS) {
        error_set(e, ERROR_RUN, "no name servers for part %u of job slot %u: slots are 1 to %d",
                  place.part, place.slot, SLOTS);
        return NULL;
    }
    struct zone *zone = zone_parse(zone_script, e);
    if (!zone)
        return NULL;
    struct dns_server *s = must_calloc(1, sizeof *s);
    s->loop = loop;
    s->place = place;
    s->port = PORT;
    s->zone = zone;
    return s;
}

void dns_server_set_port(struct dns_server *s, unsigned port)
{
    s->port = port;
}

void dns_server_address(struct dns_place place, unsigned server, bool ipv6, char *ret, size_t size)
{
    if (!ipv6)
        snprintf(ret, size, "127.%u.%u.%u", place.part, place.slot, server);
    else if (place.part == 0)
        snprintf(ret, size, "fd00:706c::%u:%u", place.slot, server);
    else
        snprintf(ret, size, "fd00:706c::%u:%u:%u", place.part, place.slot, server);
}

/* ---- closing ---- */

void dns_server_handle_closed(struct dns_server *s)
{
    if (--s->handles > 0 || !s->closing)
        return;
    for (struct dns_endpoint *next, *e = s->endpoints; e; e = next) {
        next = e->next;
        free(e);
    }
    zone_free(s->zone);
    query_log_done(&s->log);
    free(s);
}

static void endpoint_handle_closed(uv_handle_t *handle)
{
    struct dns_endpoint *e = handle->data;
    dns_server_handle_closed(e->server);
}

static void pending_closed(uv_handle_t *handle)
{
    struct dns_pending *p = handle->data;
    struct dns_server *s = p->endpoint->server;
    free(p->wire.data);
    free(p);
    dns_server_handle_closed(s);
}

static void drop_pending(struct dns_pending *p)
{
    struct dns_server *s = p->endpoint->server;
    if (p->previous)
        p->previous->next = p->next;
    else
        s->pendings = p->next;
    if (p->next)
        p->next->previous = p->previous;
    s->pending_count--;
    uv_close((uv_handle_t *)&p->timer, pending_closed);
}

void dns_server_forget_peer(struct dns_peer *peer)
{
    for (struct dns_pending *next, *p = peer->endpoint->server->pendings; p; p = next) {
        next = p->next;
        if (p->peer == peer)
            drop_pending(p);
    }
}

/* A process forked meanwhile may hold copies of the sockets for a while. They must neither keep the
 * address from the slot's next server nor take a query from it: TCP stops listening at once, and
 * UDP hears only itself. */
static void retire_sockets(struct dns_endpoint *e)
{
    struct sockaddr_storage self;
    socklen_t size = sizeof self;
    uv_os_fd_t fd;
    if (uv_fileno((uv_handle_t *)&e->tcp, &fd) == 0)
        shutdown(fd, SHUT_RDWR);
    if (uv_fileno((uv_handle_t *)&e->udp, &fd) < 0 ||
        getsockname(fd, (struct sockaddr *)&self, &size) < 0 ||
        connect(fd, (struct sockaddr *)&self, size) < 0)
        return; /* the kernel still prefers newer sockets to it */
}

static void close_endpoint(struct dns_endpoint *e)
{
    retire_sockets(e);
    uv_close((uv_handle_t *)&e->udp, endpoint_handle_closed);
    uv_close((uv_handle_t *)&e->tcp, endpoint_handle_closed);
}

void dns_server_close(struct dns_server *s)
{
    if (!s)
        return;
    s->closing = true;
    while (s->peers)
        dns_peer_close(s->peers);
    while (s->pendings)
        drop_pending(s->pendings);
    for (struct dns_endpoint *e = s->endpoints; e; e = e->next)
        close_endpoint(e);
    /* As if one more handle had closed: frees a server that never listened. */
    s->handles++;
    dns_server_handle_closed(s);
}

/* ---- answering ---- */

struct send_request {
    uv_udp_send_t request;
    struct dns_wire wire;
};

static void send_done(uv_udp_send_t *request, int status)
{
    (void)status;
    struct send_request *s = request->data;
    free(s->wire.data);
    free(s);
}

/* Consumes the wire. A datagram that cannot be sent is lost, as datagrams are. */
static void send_datagram(struct dns_endpoint *e, const struct sockaddr *to, struct dns_wire wire)
{
    struct send_request *s = must_calloc(1, sizeof *s);
    s->request.data = s;
    s->wire = wire;
    uv_buf_t buffer = uv_buf_init((char *)wire.data, (unsigned)wire.size);
    if (uv_udp_send(&s->request, &e->udp, &buffer, 1, to, send_done) < 0)
        send_done(&s->request, 0);
}

/* Consumes the wire. */
static void send_now(struct dns_endpoint *e, struct dns_peer *peer, const struct sockaddr *to,
                     struct dns_wire wire)
{
    if (!wire.data)
        return;
    if (!peer) {
        send_datagram(e, to, wire);
        return;
    }
    dns_peer_send(peer, &wire);
    free(wire.data);
}

static void delay_over(uv_timer_t *timer)
{
    struct dns_pending *p = timer->data;
    send_now(p->endpoint, p->peer, (const struct sockaddr *)&p->address, p->wire);
    p->wire = (struct dns_wire){0};
    drop_pending(p);
}

/* Consumes the wire. */
static void send_later(struct dns_endpoint *e, struct dns_peer *peer, const struct sockaddr *to,
                       struct dns_wire wire, unsigned delay)
{
    struct dns_server *s = e->server;
    if (!wire.data || s->pending_count >= PENDING_MAX) {
        free(wire.data);
        return;
    }
    struct dns_pending *p = must_calloc(1, sizeof *p);
    p->endpoint = e;
    p->peer = peer;
    p->wire = wire;
    if (to)
        memcpy(&p->address, to, e->ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    p->next = s->pendings;
    if (p->next)
        p->next->previous = p;
    s->pendings = p;
    s->pending_count++;
    s->handles++;
    uv_timer_init(s->loop, &p->timer);
    p->timer.data = p;
    uv_update_time(s->loop);
    uv_timer_start(&p->timer, delay_over, delay, 0);
}

bool dns_server_receive(struct dns_endpoint *endpoint, struct dns_peer *peer,
                        const struct sockaddr *address, const uint8_t *data, size_t size)
{
    struct dns_server *s = endpoint->server;
    const char *transport = peer ? "tcp" : "udp";
    struct dns_query q;
    if (!dns_query_read(&q, data, size)) {
        query_log_add(&s->log, transport, endpoint->number, endpoint->ipv6, "malformed");
        return false;
    }
    CLEANUP_FREE char *text = dns_query_text(&q);
    query_log_add(&s->log, transport, endpoint->number, endpoint->ipv6, text);
    enum zone_transport zone_transport = peer ? ZONE_TCP : ZONE_UDP;
    const struct zone_rule *rule =
        zone_find(s->zone, q.name, q.type, endpoint->number, zone_transport);
    send_now(endpoint, peer, address, dns_reply_forged(&q, rule));
    struct dns_wire wire = dns_reply(&q, rule, zone_transport);
    if (rule && rule->delay)
        send_later(endpoint, peer, address, wire, rule->delay);
    else
        send_now(endpoint, peer, address, wire);
    dns_query_done(&q);
    return true;
}

/* ---- listening ---- */

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct dns_endpoint *e = handle->data;
    *buffer = uv_buf_init((char *)e->datagram, sizeof e->datagram);
}

static void received(uv_udp_t *udp, ssize_t size, const uv_buf_t *buffer,
                     const struct sockaddr *from, unsigned flags)
{
    struct dns_endpoint *e = udp->data;
    if (size < 0 || !from)
        return;
    /* A cut datagram is no query whatever its beginning looks like. */
    bool cut = (flags & UV_UDP_PARTIAL) || size > DNS_QUERY_MAX;
    dns_server_receive(e, NULL, from, (const uint8_t *)buffer->base, cut ? 0 : (size_t)size);
}

/* Datagrams that have arrived but which the loop has not come to yet. Without them the log would
 * depend on the order in which the loop looks at its sockets. */
static void receive_waiting(struct dns_endpoint *e)
{
    struct sockaddr_storage from = {0};
    socklen_t from_size = sizeof from;
    uv_os_fd_t fd;
    ssize_t n;
    if (uv_fileno((uv_handle_t *)&e->udp, &fd) < 0)
        return;
    for (unsigned count = 0; count < DRAIN_MAX; count++) {
        n = recvfrom(fd, e->datagram, sizeof e->datagram, MSG_DONTWAIT, (struct sockaddr *)&from,
                     &from_size);
        if (n < 0)
            return;
        uv_buf_t buffer = uv_buf_init((char *)e->datagram, sizeof e->datagram);
        received(&e->udp, n, &buffer, (struct sockaddr *)&from, 0);
        from_size = sizeof from;
    }
}

char *dns_server_take_log(struct dns_server *s)
{
    for (struct dns_endpoint *e = s->endpoints; e; e = e->next)
        receive_waiting(e);
    return query_log_take(&s->log);
}

static int set_option(int fd, int level, int option)
{
    int on = 1;
    return setsockopt(fd, level, option, &on, sizeof on);
}

/* A bound socket, or -1 with errno. */
static int bound_socket(int type, const struct sockaddr *address, bool ipv6)
{
    int fd = socket(address->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    /* FREEBIND: the address may be local by a route only, or not past duplicate detection yet. */
    bool fine = !ipv6 || (set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0 &&
                          set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND) == 0);
    fine = fine && set_option(fd, SOL_SOCKET, SO_REUSEADDR) == 0;
    socklen_t size = ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (fine && bind(fd, address, size) == 0)
        return fd;
    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

/* Both return a negative libuv code on failure. */
static int listen_udp(struct dns_endpoint *e, const struct sockaddr *address)
{
    int fd = bound_socket(SOCK_DGRAM, address, e->ipv6);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    int r = uv_udp_open(&e->udp, fd);
    if (r < 0)
        close(fd);
    return r < 0 ? r : uv_udp_recv_start(&e->udp, give_room, received);
}

static int listen_tcp(struct dns_endpoint *e, const struct sockaddr *address)
{
    int fd = bound_socket(SOCK_STREAM, address, e->ipv6);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    int r = uv_tcp_open(&e->tcp, fd);
    if (r < 0)
        close(fd);
    return r < 0 ? r : uv_listen((uv_stream_t *)&e->tcp, BACKLOG, dns_peer_accept);
}

static struct dns_endpoint *new_endpoint(struct dns_server *s, unsigned number, bool ipv6)
{
    struct dns_endpoint *e = must_calloc(1, sizeof *e);
    e->server = s;
    e->number = number;
    e->ipv6 = ipv6;
    e->next = s->endpoints;
    s->endpoints = e;
    s->handles += 2;
    uv_udp_init(s->loop, &e->udp);
    uv_tcp_init(s->loop, &e->tcp);
    e->udp.data = e->tcp.data = e;
    return e;
}

bool dns_server_listen(struct dns_server *s, unsigned server, bool ipv6, struct error *e)
{
    if (server < 1 || server > ZONE_SERVERS)
        return error_set(e, ERROR_RUN, "no name server @%u: servers are @1 to @9", server);
    if (zone_server_is_dead(s->zone, server))
        return true;
    char text[INET6_ADDRSTRLEN];
    struct sockaddr_storage storage = {0};
    const struct sockaddr *address = (const struct sockaddr *)&storage;
    dns_server_address(s->place, server, ipv6, text, sizeof text);
    if (ipv6)
        uv_ip6_addr(text, (int)s->port, (struct sockaddr_in6 *)&storage);
    else
        uv_ip4_addr(text, (int)s->port, (struct sockaddr_in *)&storage);
    struct dns_endpoint *endpoint = new_endpoint(s, server, ipv6);
    int r = listen_udp(endpoint, address);
    if (r == 0)
        r = listen_tcp(endpoint, address);
    return r == 0 || error_set(e, ERROR_RUN, "name server @%u cannot listen on %s port %u: %s",
                               server, text, s->port, uv_strerror(r));
}
