/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted name servers of one job or one check of it, over UDP and TCP, IPv4 and IPv6, on the
 * cell's event loop. What they answer is a zone script (zone.h); what they were asked is kept as a
 * log.
 *
 * Job slot N (1 to 250) has servers 1 to 9 at 127.0.N.1 to 127.0.N.9, and over IPv6 at
 * fd00:706c::N:1 to fd00:706c::N:9; part P (1 to 250) of it at 127.P.N.1 to 127.P.N.9 and at
 * fd00:706c::P:N:1 to fd00:706c::P:N:9. All numbers stand in decimal notation; the IPv6 prefix must
 * be local to the network namespace. Whatever clients send cannot do more than fill the log, which
 * is bounded. */
#pragma once
#include "harness/base/error.h"

#include <stddef.h>
#include <uv.h>

struct dns_server; /* opaque */

struct dns_place {
    unsigned slot, part; /* part 0: the job itself */
};

/* NULL script: NXDOMAIN to every question. The loop must outlive the server. */
struct dns_server *dns_server_open(uv_loop_t *loop, struct dns_place place, const char *zone_script,
                                   struct error *e) MUST_CHECK;

/* Another port than 53, for servers that are listened on from now on. */
void dns_server_set_port(struct dns_server *s, unsigned port);

/* Binds UDP and TCP of one server. Does nothing for one that the script calls dead. */
bool dns_server_listen(struct dns_server *s, unsigned server, bool ipv6,
                       struct error *e) MUST_CHECK;

/* The queries so far in order of arrival, one a line: "udp @1 foo.test A", "tcp @2v6 foo.test AAAA
 * ad edns0", "udp @1 malformed" for what is no query; "..." ends a log that was cut. Forgets them.
 * The caller frees it. */
char *dns_server_take_log(struct dns_server *s) MUST_CHECK;

/* Stops listening and forgets what was still to be sent. Closes handles, so the loop must run on
 * (or once more) until the memory is given back. NULL is fine. */
void dns_server_close(struct dns_server *s);

/* The numeric address of a server, cut to size (INET6_ADDRSTRLEN is enough). */
void dns_server_address(struct dns_place place, unsigned server, bool ipv6, char *ret, size_t size);
