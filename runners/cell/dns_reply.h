/* SPDX-License-Identifier: Apache-2.0 */
/* One DNS query understood, and what a rule of the zone script makes of it. No I/O here. */
#pragma once
#include "runners/cell/zone.h"

#define DNS_QUERY_MAX 4096 /* no resolver asks in more bytes */

struct dns_query {
    ldns_pkt *packet; /* owned */
    char *name;       /* owned; as in struct zone_rule, but in the spelling that was asked */
    unsigned type;    /* an ldns_rr_type */
};

struct dns_wire {
    uint8_t *data; /* owned; NULL: nothing is to be sent */
    size_t size;
};

/* Understands one message: a query of class IN with exactly one question. False otherwise, and q
 * is then empty. */
bool dns_query_read(struct dns_query *q, const uint8_t *data, size_t size) MUST_CHECK;
void dns_query_done(struct dns_query *q); /* safe on an empty one */

/* "foo.test A ad edns0": the question and what its flags say. The caller frees it. */
char *dns_query_text(const struct dns_query *q) MUST_CHECK;

/* The answer that the rule (NULL: NXDOMAIN) gives. Its data is NULL for `drop`, and should the
 * answer not fit into a message or a name in it be too long. */
struct dns_wire dns_reply(const struct dns_query *q, const struct zone_rule *r,
                          enum zone_transport transport);
/* The forged answer that goes out first; NULL data when the rule forges nothing. */
struct dns_wire dns_reply_forged(const struct dns_query *q, const struct zone_rule *r);
