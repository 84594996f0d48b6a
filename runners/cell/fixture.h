/* SPDX-License-Identifier: Apache-2.0 */
/* The socket over which a probe asks what its fixtures have seen. A request is one packet
 * "SEQ VERB ARGUMENT", the reply "SEQ ok\nPAYLOAD", "SEQ none" or "SEQ error WHY":
 *     dns-log         the queries so far, one a line
 *     syslog MS       the next record on /dev/log, waiting up to MS milliseconds
 *     fixture [ID]    a fixture of its own for the check ID (without: the job's), in descriptors
 *                     that come with the reply; see PROTOCOL.md */
#pragma once
#include "runners/cell/dns.h"
#include "runners/cell/syslog.h"

/* Where whoever opens resolv.conf and hosts in a slot of kind `each` has them; macros, since they
 * become part of a path. */
#define FIXTURE_RESOLV_CONF 67
#define FIXTURE_HOSTS 68

enum { FIXTURE_FDS = 3 }; /* of a taken fixture: its connection, resolv.conf, hosts */

enum fixture_verb { FIXTURE_DNS_LOG, FIXTURE_SYSLOG, FIXTURE_TAKE };

struct fixture_request {
    char sequence[24]; /* decimal digits */
    enum fixture_verb verb;
    unsigned wait;   /* milliseconds */
    char check[128]; /* "": none named */
};

/* Returns NULL, or what is wrong; then sequence is "0" when it could not be read. */
const char *fixture_parse(const char *bytes, size_t length, struct fixture_request *ret);

struct fixture; /* opaque */

struct fixture_events { /* each may be NULL */
    void *data;
    /* A check's fixture is asked for: ret_fds are then the caller's. */
    bool (*take)(const char *check, int ret_fds[], struct error *e, void *data);
    /* Everyone who held the other end has closed it; the fixture may be closed in here. */
    void (*left)(void *data);
};

/* Owns fd. dns and sink are borrowed; each may be NULL. */
struct fixture *fixture_open(uv_loop_t *loop, int fd, struct dns_server *dns,
                             struct syslog_sink *sink,
                             const struct fixture_events *events) MUST_CHECK;
void fixture_record_arrived(struct fixture *f); /* the sink has something to take */
void fixture_close(struct fixture *f);          /* NULL is fine; the loop must run on */
