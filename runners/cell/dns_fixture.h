/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the name servers: real packets over loopback, on a port any user may bind. Client
 * and server share one thread: the client waits by turning the server's loop. */
#pragma once
#include "runners/cell/dns.h"

#include <arpa/inet.h>
#include <check.h>
#include <ldns/ldns.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HERE ((struct dns_place){.slot = 77})

static uv_loop_t loop;
static struct dns_server *server;
static unsigned port;

static inline void start(const char *zone)
{
    struct error e = ERROR_INIT;
    uv_loop_init(&loop);
    server = dns_server_open(&loop, HERE, zone, &e);
    ck_assert_msg(server != NULL, "%s", e.message);
    port = 20000 + (unsigned)getpid() % 20000;
    dns_server_set_port(server, port);
    while (!dns_server_listen(server, 1, false, &e)) {
        error_clear(&e);
        dns_server_set_port(server, ++port);
    }
}

/* Everything is given back: the sanitizer's leak check sees to the memory, this to the handles. */
static inline void stop(void)
{
    dns_server_close(server);
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Lets the server work until fd is readable or the milliseconds are over. */
static inline bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (double end = now() + ms / 1e3; now() < end;) {
        uv_run(&loop, UV_RUN_NOWAIT);
        if (poll(&p, 1, 2) > 0)
            return true;
    }
    return false;
}

static inline int connected(int type)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char text[INET6_ADDRSTRLEN];
    dns_server_address(HERE, 1, false, text, sizeof text);
    inet_pton(AF_INET, text, &to.sin_addr);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline size_t query(uint8_t *buffer, const char *name, ldns_rr_type type, unsigned edns_size)
{
    ldns_pkt *packet =
        ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_RD);
    ldns_pkt_set_id(packet, 0x1234);
    if (edns_size)
        ldns_pkt_set_edns_udp_size(packet, (uint16_t)edns_size);
    uint8_t *wire;
    size_t size;
    ck_assert_int_eq(ldns_pkt2wire(&wire, packet, &size), LDNS_STATUS_OK);
    memcpy(buffer, wire, size);
    free(wire);
    ldns_pkt_free(packet);
    return size;
}

static inline ldns_pkt *receive(int fd, int ms)
{
    static uint8_t buffer[65536];
    if (!readable(fd, ms))
        return NULL;
    ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    ldns_pkt *packet = NULL;
    ck_assert_int_gt(size, 0);
    ck_assert_int_eq(ldns_wire2pkt(&packet, buffer, (size_t)size), LDNS_STATUS_OK);
    ldns_pkt_set_size(packet, (size_t)size);
    return packet;
}

static inline ldns_pkt *ask(const char *name, ldns_rr_type type, unsigned edns_size)
{
    uint8_t buffer[512];
    int fd = connected(SOCK_DGRAM);
    size_t size = query(buffer, name, type, edns_size);
    ck_assert_int_eq(send(fd, buffer, size, 0), (ssize_t)size);
    ldns_pkt *packet = receive(fd, 2000);
    close(fd);
    return packet;
}

/* The answer section as ldns prints it, in one line. */
static inline void assert_answer(ldns_pkt *packet, ldns_pkt_rcode rcode, bool tc, size_t count,
                                 const char *first)
{
    ck_assert_ptr_nonnull(packet);
    ck_assert(ldns_pkt_qr(packet) && ldns_pkt_rd(packet) && ldns_pkt_ra(packet));
    ck_assert_uint_eq(ldns_pkt_id(packet), 0x1234);
    ck_assert_int_eq(ldns_pkt_get_rcode(packet), rcode);
    ck_assert_int_eq(ldns_pkt_tc(packet), tc);
    ck_assert_uint_eq(ldns_pkt_ancount(packet), count);
    ck_assert_uint_eq(ldns_pkt_qdcount(packet), 1);
    if (first) {
        char *text = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(packet), 0));
        ck_assert_str_eq(text, first);
        free(text);
    }
    ldns_pkt_free(packet);
}

static inline void assert_log(const char *expected)
{
    char *log = dns_server_take_log(server);
    ck_assert_str_eq(log, expected);
    free(log);
}

/* ---- TCP ---- */

static inline size_t framed(uint8_t *buffer, const char *name)
{
    size_t size = query(buffer + 2, name, LDNS_RR_TYPE_A, 0);
    buffer[0] = 0;
    buffer[1] = (uint8_t)size;
    return size + 2;
}

static inline void read_all(int fd, uint8_t *buffer, size_t size)
{
    for (size_t have = 0; have < size;) {
        ck_assert(readable(fd, 2000));
        ssize_t n = recv(fd, buffer + have, size - have, 0);
        ck_assert_int_gt(n, 0);
        have += (size_t)n;
    }
}

static inline ldns_pkt *receive_framed(int fd)
{
    static uint8_t buffer[65536];
    ldns_pkt *packet = NULL;
    read_all(fd, buffer, 2);
    size_t size = (size_t)buffer[0] << 8 | buffer[1];
    read_all(fd, buffer, size);
    ck_assert_int_eq(ldns_wire2pkt(&packet, buffer, size), LDNS_STATUS_OK);
    return packet;
}
