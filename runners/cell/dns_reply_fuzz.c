/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile probe sends to the name servers: a message that is a query gets an answer to it,
 * by every kind of rule and over both transports, that a resolver can read. */
#include "harness/base/fuzz.h"
#include "runners/cell/dns_reply.h"

static const char script[] = "plain.test * 192.0.2.1 2001:db8::1\n"
                             "mixed.test * mixed 192.0.2.1 2001:db8::1\n"
                             "gone.test * nxdomain\n"
                             "silent.test * drop\n"
                             "cut.test * truncate-udp=3 40*192.0.2.1+\n"
                             "big.test * oversize 40*192.0.2.1+\n"
                             "long.test * 40*192.0.2.1+\n"
                             "alias.test * cname=other.test 192.0.2.1\n"
                             "chain.test * chain=64 192.0.2.1\n"
                             "owner.test * owner=other.test 192.0.2.1\n"
                             "flip.test * case-flip chain=3 192.0.2.1\n"
                             "id.test * forge-id=192.0.2.9 192.0.2.1\n"
                             "question.test * forge-question=other.test/192.0.2.9 192.0.2.1\n";

static void check_wire(struct dns_wire wire, const struct dns_query *q, bool same_id)
{
    ldns_pkt *packet = NULL;
    if (!wire.data)
        return;
    FUZZ_CHECK(ldns_wire2pkt(&packet, wire.data, wire.size) == LDNS_STATUS_OK);
    FUZZ_CHECK(ldns_pkt_qr(packet) && ldns_pkt_qdcount(packet) == 1);
    FUZZ_CHECK(!same_id || ldns_pkt_id(packet) == ldns_pkt_id(q->packet));
    ldns_pkt_free(packet);
    free(wire.data);
}

static void answer(const struct dns_query *q, const struct zone_rule *r)
{
    struct dns_wire udp = dns_reply(q, r, ZONE_UDP);
    FUZZ_CHECK(udp.size <= 512 || ldns_pkt_edns(q->packet) || (r && r->oversize));
    check_wire(udp, q, true);
    check_wire(dns_reply(q, r, ZONE_TCP), q, true);
    check_wire(dns_reply_forged(q, r), q, !r || !r->forge_id);
}

static void answer_all(const struct zone *zone, const struct dns_query *q)
{
    static const char *const names[] = {
        "plain.test", "mixed.test", "gone.test",     "silent.test", "cut.test",
        "big.test",   "long.test",  "alias.test",    "chain.test",  "owner.test",
        "flip.test",  "id.test",    "question.test", "none.test",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        answer(q, zone_find(zone, names[i], q->type, 1, ZONE_UDP));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct zone *zone; /* kept: always the same */
    struct error e = ERROR_INIT;
    struct dns_query q;
    if (!zone)
        zone = zone_parse(script, &e);
    FUZZ_CHECK(zone);
    if (dns_query_read(&q, data, size)) {
        CLEANUP_FREE char *text = dns_query_text(&q);
        FUZZ_CHECK(fuzz_is_printable(text));
        answer_all(zone, &q);
    }
    dns_query_done(&q);
    return 0;
}
