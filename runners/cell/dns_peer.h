/* SPDX-License-Identifier: Apache-2.0 */
/* What dns.c (servers, UDP, pending answers) and dns_peer.c (TCP connections) share. */
#pragma once
#include "runners/cell/dns.h"
#include "runners/cell/dns_reply.h"
#include "runners/cell/query_log.h"

#include <uv.h>

/* One address that is listened on. */
struct dns_endpoint {
    struct dns_server *server;
    unsigned number;
    bool ipv6;
    uv_udp_t udp;
    uv_tcp_t tcp;
    uint8_t datagram[DNS_QUERY_MAX + 1];
    struct dns_endpoint *next;
};

/* One TCP connection. */
struct dns_peer {
    struct dns_endpoint *endpoint;
    uv_tcp_t tcp;
    uv_timer_t idle;
    unsigned open; /* handles whose close callback is still to come */
    bool closing;
    uint8_t data[2 + DNS_QUERY_MAX];
    size_t length;
    struct dns_peer *previous, *next;
};

/* An answer that waits for its time. */
struct dns_pending {
    struct dns_endpoint *endpoint;
    struct dns_peer *peer; /* NULL: over UDP, to address */
    struct sockaddr_storage address;
    struct dns_wire wire;
    uv_timer_t timer;
    struct dns_pending *previous, *next;
};

struct dns_server {
    uv_loop_t *loop;
    struct dns_place place;
    unsigned port;
    struct zone *zone;
    struct query_log log;
    struct dns_endpoint *endpoints;
    struct dns_peer *peers;
    struct dns_pending *pendings;
    unsigned peer_count, pending_count;
    unsigned handles; /* open ones; the last to close frees the server of a closing one */
    bool closing;
};

/* Called for every message that arrived; peer is NULL over UDP, address NULL over TCP. False when
 * it was no query. */
bool dns_server_receive(struct dns_endpoint *endpoint, struct dns_peer *peer,
                        const struct sockaddr *address, const uint8_t *data, size_t size);
void dns_server_forget_peer(struct dns_peer *p);     /* drops its pending answers */
void dns_server_handle_closed(struct dns_server *s); /* one of s->handles is gone */

void dns_peer_accept(uv_stream_t *listener, int status); /* an uv_connection_cb */
void dns_peer_send(struct dns_peer *p, const struct dns_wire *wire);
void dns_peer_close(struct dns_peer *p);
