/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures of a job's checks, for a process that runs many: it takes them one by one over its
 * fixture socket. Each has name servers with their log, a resolv.conf and hosts, and a connection
 * of its own, and is gone when everyone who held that has closed it: so checks can run side by side
 * and none meets what another left. */
#pragma once
#include "runners/cell/dns.h"
#include "runners/cell/job.h"
#include "runners/cell/resolv.h"

#define FIXTURE_DEFAULT_RESOLV_CONF "nameserver @1\n"
#define FIXTURE_DEFAULT_HOSTS "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"

enum { FIXTURE_SET_MAX = 40 }; /* taken and not yet gone, at a time */

struct server;
struct fixture_set; /* opaque */

/* The job is borrowed. */
struct fixture_set *fixture_set_new(struct server *server, unsigned slot,
                                    const struct job *job) MUST_CHECK;
void fixture_set_close(struct fixture_set *s); /* and all that are taken; NULL is fine */

/* A fixture_take of fixture.h; "" is the job's own. */
bool fixture_set_take(const char *check, int ret_fds[], struct error *e, void *set) MUST_CHECK;

/* The servers that a resolv.conf names, listening; NULL on failure. */
struct dns_server *fixture_servers(struct server *server, struct dns_place place, const char *zone,
                                   const struct resolv_servers *named, struct error *e) MUST_CHECK;
