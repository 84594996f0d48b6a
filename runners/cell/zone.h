/* SPDX-License-Identifier: Apache-2.0 */
/* Zone script: how the scripted name servers of a check behave. One rule a line:
 *
 *     NAME TYPE [@SERVER] [udp|tcp] ACTION...
 *
 * The first rule that matches a query decides; a query that none matches gets NXDOMAIN. NAME is
 * compared without regard to case; `*` is any name, `*.SUFFIX` any name below SUFFIX, `.` the root.
 * TYPE is a record type (A, AAAA, TXT, ...) or `*`. `@2` limits the rule to the second server, on
 * either family; `udp` and `tcp` to a transport. Actions go together unless they contradict:
 *
 *     192.0.2.1  2001:db8::1   addresses; those of the type asked for are the answer
 *     40*192.0.2.1+            forty successive addresses
 *     mixed                    gives the addresses of the other type too
 *     nodata                   an answer without records (as a rule without addresses)
 *     nxdomain servfail refused formerr notimp       the response code
 *     drop                     no answer at all
 *     delay=300ms              the answer comes later; also 1s
 *     truncate-udp[=3]         over UDP: TC is set, with no (or the first three) addresses
 *     oversize                 over UDP: sent whole, without TC, however long. Without it an answer
 *                              longer than the client allows (512 or its EDNS0 size) is truncated
 *     cname=NAME               the name is an alias of NAME, which has the addresses
 *     chain=12                 as twelve cname in a row, c1.NAME to c12.NAME
 *     owner=NAME               the addresses are said to be those of NAME
 *     case-flip                upper case for lower and back, in the question and all owners
 *     forge-id=ADDRESS         first, at once, an answer with a wrong id gives ADDRESS
 *     forge-question=NAME/ADDRESS   first, at once, an answer to the question NAME gives ADDRESS
 *
 * A line `@3 dead` means that the third server does not listen at all. `#` begins a comment. */
#pragma once
#include "harness/base/error.h"

#include <ldns/ldns.h>
#include <stddef.h>
#include <stdint.h>

#define ZONE_SERVERS 9

enum zone_transport {
    ZONE_UDP = 1,
    ZONE_TCP = 2,
};

struct zone_address {
    bool ipv6;
    uint8_t bytes[16]; /* network order; IPv4 uses the first four */
};

struct zone_rule {
    char *name;          /* lower case, without final dot; "*" and "*.suffix"; "" is the root */
    unsigned type;       /* an ldns_rr_type; 0: any */
    unsigned server;     /* 0: any */
    unsigned transports; /* of enum zone_transport */

    unsigned rcode; /* an ldns_pkt_rcode */
    bool drop, mixed, truncate, oversize, case_flip;
    unsigned truncate_keeps; /* how many addresses a truncated answer still has */
    unsigned delay;          /* milliseconds */
    unsigned chain;
    char *cname, *owner; /* NULL: none */
    bool forge_id;
    char *forge_question; /* NULL: none */
    struct zone_address forged;
    struct zone_address *addresses;
    size_t address_count;
};

struct zone; /* opaque */

/* Reads a script (at most 16 KiB, 128 rules); NULL is the empty one. An error names line and
 * column of the script. Free with zone_free. */
struct zone *zone_parse(const char *script, struct error *e) MUST_CHECK;
void zone_free(struct zone *z); /* NULL is fine */

/* The rule for a query, NULL when none matches. The name is as in struct zone_rule; owned by z. */
const struct zone_rule *zone_find(const struct zone *z, const char *name, unsigned type,
                                  unsigned server, enum zone_transport transport);
bool zone_server_is_dead(const struct zone *z, unsigned server);

/* A name in the one spelling used for comparing (lower case, escapes as ldns writes them, no final
 * dot); NULL when it is not a domain name. The caller frees it. */
char *zone_name(const char *name) MUST_CHECK;
