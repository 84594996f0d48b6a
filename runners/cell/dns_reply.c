/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/dns_reply.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TTL 60
#define UDP_DEFAULT 512

/* ---- queries ---- */

/* The header's counts are checked first: ldns would allocate for what they promise. */
static bool looks_like_query(const uint8_t *data, size_t size)
{
    return size >= LDNS_HEADER_SIZE && !LDNS_QR_WIRE(data) &&
           LDNS_OPCODE_WIRE(data) == LDNS_PACKET_QUERY && LDNS_QDCOUNT(data) == 1 &&
           LDNS_ANCOUNT(data) == 0 && LDNS_NSCOUNT(data) == 0 && LDNS_ARCOUNT(data) <= 1;
}

bool dns_query_read(struct dns_query *q, const uint8_t *data, size_t size)
{
    *q = (struct dns_query){0};
    if (!looks_like_query(data, size) || ldns_wire2pkt(&q->packet, data, size) != LDNS_STATUS_OK)
        return false;
    const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(q->packet), 0);
    if (question && ldns_rr_owner(question) && ldns_rr_get_class(question) == LDNS_RR_CLASS_IN) {
        q->name = ldns_rdf2str(ldns_rr_owner(question));
        q->type = ldns_rr_get_type(question);
    }
    if (!q->name) {
        dns_query_done(q);
        return false;
    }
    size_t length = strlen(q->name);
    if (length && q->name[length - 1] == '.')
        q->name[length - 1] = '\0';
    return true;
}

void dns_query_done(struct dns_query *q)
{
    ldns_pkt_free(q->packet);
    free(q->name);
    *q = (struct dns_query){0};
}

char *dns_query_text(const struct dns_query *q)
{
    struct text t = TEXT_INIT;
    char *type = ldns_rr_type2str((ldns_rr_type)q->type);
    text_printf(&t, "%s %s", *q->name ? q->name : ".", type ? type : "?");
    free(type);
    if (ldns_pkt_ad(q->packet))
        text_add(&t, " ad");
    if (ldns_pkt_edns(q->packet))
        text_add(&t, " edns0");
    return text_take(&t);
}

/* ---- answers ---- */

static ldns_rdf *dname(const char *name)
{
    return ldns_dname_new_frm_str(*name ? name : ".");
}

static void flip_case(ldns_rdf *name)
{
    uint8_t *bytes = ldns_rdf_data(name);
    for (size_t i = 0; i < ldns_rdf_size(name); i += bytes[i] + 1U)
        for (size_t k = i + 1; k <= i + bytes[i]; k++)
            if (isalpha(bytes[k]))
                bytes[k] ^= 0x20;
}

/* Consumes data. False when it or the owner is NULL, that is, no domain name: a client may ask for
 * a name so long that what the rule makes of it is none, and ldns ends the program over a NULL. */
static bool push(ldns_pkt *packet, const char *owner, ldns_rr_type type, ldns_rdf *data)
{
    ldns_rdf *name = dname(owner);
    if (!name || !data) {
        ldns_rdf_deep_free(name);
        ldns_rdf_deep_free(data);
        return false;
    }
    ldns_rr *rr = ldns_rr_new();
    ldns_rr_set_owner(rr, name);
    ldns_rr_set_type(rr, type);
    ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
    ldns_rr_set_ttl(rr, TTL);
    ldns_rr_push_rdf(rr, data);
    return ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, rr);
}

static bool push_address(ldns_pkt *packet, const char *owner, const struct zone_address *a)
{
    ldns_rdf_type type = a->ipv6 ? LDNS_RDF_TYPE_AAAA : LDNS_RDF_TYPE_A;
    return push(packet, owner, a->ipv6 ? LDNS_RR_TYPE_AAAA : LDNS_RR_TYPE_A,
                ldns_rdf_new_frm_data(type, a->ipv6 ? 16 : 4, a->bytes));
}

static bool push_alias(ldns_pkt *packet, const char *owner, const char *target)
{
    return push(packet, owner, LDNS_RR_TYPE_CNAME, dname(target));
}

/* The aliases of the rule; *last becomes the name at their end. */
static bool push_aliases(ldns_pkt *packet, const struct zone_rule *r, char **last)
{
    if (r->cname) {
        bool pushed = push_alias(packet, *last, r->cname);
        free(*last);
        *last = must_strdup(r->cname);
        return pushed;
    }
    CLEANUP_FREE char *name = must_strdup(*last);
    for (unsigned i = 1; i <= r->chain; i++) {
        char *next = must_printf("c%u.%s", i, name);
        bool pushed = push_alias(packet, *last, next);
        free(*last);
        *last = next;
        if (!pushed)
            return false;
    }
    return true;
}

/* False when a name that the rule makes is too long to be one. */
static bool push_answers(ldns_pkt *packet, const struct dns_query *q, const struct zone_rule *r,
                         size_t limit)
{
    CLEANUP_FREE char *last = must_strdup(q->name);
    if (!push_aliases(packet, r, &last))
        return false;
    for (size_t i = 0; i < r->address_count && limit > 0; i++) {
        const struct zone_address *a = &r->addresses[i];
        if (!r->mixed && q->type != (a->ipv6 ? LDNS_RR_TYPE_AAAA : LDNS_RR_TYPE_A))
            continue;
        if (!push_address(packet, r->owner ? r->owner : last, a))
            return false;
        limit--;
    }
    return true;
}

/* A packet with the header and the question of an answer to q. */
static ldns_pkt *new_reply(const struct dns_query *q, const char *question, unsigned rcode)
{
    ldns_pkt *packet = ldns_pkt_query_new(dname(question), (ldns_rr_type)q->type, LDNS_RR_CLASS_IN,
                                          LDNS_QR | LDNS_AA | LDNS_RA);
    if (!packet)
        return NULL;
    ldns_pkt_set_id(packet, ldns_pkt_id(q->packet));
    ldns_pkt_set_rd(packet, ldns_pkt_rd(q->packet));
    ldns_pkt_set_rcode(packet, (uint8_t)rcode);
    if (ldns_pkt_edns(q->packet))
        ldns_pkt_set_edns_udp_size(packet, DNS_QUERY_MAX);
    return packet;
}

static void flip_cases(ldns_pkt *packet)
{
    flip_case(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(packet), 0)));
    ldns_rr_list *answers = ldns_pkt_answer(packet);
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++)
        flip_case(ldns_rr_owner(ldns_rr_list_rr(answers, i)));
}

/* Consumes the packet. */
static struct dns_wire to_wire(ldns_pkt *packet)
{
    struct dns_wire wire = {0};
    if (packet && ldns_pkt2wire(&wire.data, packet, &wire.size) != LDNS_STATUS_OK)
        wire = (struct dns_wire){0};
    ldns_pkt_free(packet);
    return wire;
}

/* Consumes the packet, which cannot be made as the rule wants it. */
static struct dns_wire no_wire(ldns_pkt *packet)
{
    ldns_pkt_free(packet);
    return (struct dns_wire){0};
}

static struct dns_wire truncated(const struct dns_query *q, const struct zone_rule *r)
{
    ldns_pkt *packet = new_reply(q, q->name, r->rcode);
    if (!packet)
        return (struct dns_wire){0};
    ldns_pkt_set_tc(packet, true);
    if (r->truncate_keeps && !push_answers(packet, q, r, r->truncate_keeps))
        return no_wire(packet);
    return to_wire(packet);
}

static size_t udp_limit(const struct dns_query *q)
{
    size_t size = ldns_pkt_edns(q->packet) ? ldns_pkt_edns_udp_size(q->packet) : 0;
    return size > UDP_DEFAULT ? size : UDP_DEFAULT;
}

struct dns_wire dns_reply(const struct dns_query *q, const struct zone_rule *r,
                          enum zone_transport transport)
{
    if (!r)
        return to_wire(new_reply(q, q->name, LDNS_RCODE_NXDOMAIN));
    if (r->drop)
        return (struct dns_wire){0};
    if (r->truncate && transport == ZONE_UDP)
        return truncated(q, r);
    ldns_pkt *packet = new_reply(q, q->name, r->rcode);
    if (packet && r->rcode == LDNS_RCODE_NOERROR && !push_answers(packet, q, r, SIZE_MAX))
        return no_wire(packet);
    if (packet && r->case_flip)
        flip_cases(packet);
    struct dns_wire wire = to_wire(packet);
    if (transport == ZONE_UDP && !r->oversize && wire.size > udp_limit(q)) {
        free(wire.data);
        return truncated(q, r);
    }
    return wire;
}

struct dns_wire dns_reply_forged(const struct dns_query *q, const struct zone_rule *r)
{
    if (!r || (!r->forge_id && !r->forge_question))
        return (struct dns_wire){0};
    const char *question = r->forge_question ? r->forge_question : q->name;
    ldns_pkt *packet = new_reply(q, question, LDNS_RCODE_NOERROR);
    if (!packet)
        return (struct dns_wire){0};
    if (r->forge_id)
        ldns_pkt_set_id(packet, ldns_pkt_id(q->packet) ^ 0x5555);
    return push_address(packet, question, &r->forged) ? to_wire(packet) : no_wire(packet);
}
