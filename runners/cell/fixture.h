/* SPDX-License-Identifier: Apache-2.0 */
/* The socket over which a probe asks what its fixtures have seen. A request is one packet
 * "SEQ VERB ARGUMENT", the reply "SEQ ok\nPAYLOAD", "SEQ none" or "SEQ error WHY":
 *     dns-log      the queries so far, one a line
 *     syslog MS    the next record on /dev/log, waiting up to MS milliseconds */
#pragma once
#include "runners/cell/dns.h"
#include "runners/cell/syslog.h"

enum fixture_verb { FIXTURE_DNS_LOG, FIXTURE_SYSLOG };

struct fixture_request {
    char sequence[24]; /* decimal digits */
    enum fixture_verb verb;
    unsigned wait; /* milliseconds */
};

/* Returns NULL, or what is wrong; then sequence is "0" when it could not be read. */
const char *fixture_parse(const char *bytes, size_t length, struct fixture_request *ret);

struct fixture; /* opaque */

/* Owns fd. dns and sink are borrowed; each may be NULL. */
struct fixture *fixture_open(uv_loop_t *loop, int fd, struct dns_server *dns,
                             struct syslog_sink *sink) MUST_CHECK;
void fixture_record_arrived(struct fixture *f); /* the sink has something to take */
void fixture_close(struct fixture *f);          /* NULL is fine; the loop must run on */
