/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: long ones, odd ones, forged ones. */
#include "lookup.h"
#include "probe.h"

#include <netdb.h>
#include <sys/socket.h>

#define MUSL_RELEASES "https://musl.libc.org/releases.html"

/* A name for each check. */
#define ANSWERS \
    "cut.test A truncate-udp 40*192.0.2.1+\n" \
    "part.test A truncate-udp=3 40*192.0.2.1+\n" \
    "many.test A truncate-udp 100*192.0.2.1+\n" \
    "over.test A oversize 40*192.0.2.1+\n" \
    "chain.test A truncate-udp chain=12 192.0.2.1\n" \
    "both.test A mixed 192.0.2.1 2001:db8::1\n" \
    "ok.test * 192.0.2.1\n" \
    "question.test A forge-question=other.test/192.0.2.66 delay=300ms 192.0.2.1\n" \
    "id.test A forge-id=192.0.2.66 delay=300ms 192.0.2.1\n" \
    "owner.test A owner=other.test 192.0.2.66\n" \
    "case.test A case-flip 192.0.2.1\n" \
    "twice.test A 192.0.2.1 192.0.2.1\n"

CHECK(tcp_fallback, .id = "dns.tcp-fallback",
      .says = "a truncated UDP answer is asked for again over TCP",
      .why = "services with many addresses fail to resolve without it",
      .help = "use musl 1.2.4 or later (Alpine 3.18)",
      .refs = MUSL_RELEASES " https://github.com/gliderlabs/docker-alpine/issues/326",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    const char *result = resolve("cut.test", AF_INET);
    observe("%s; asked %s", result, asked(TRANSPORT));
}

CHECK(truncated_partial, .id = "dns.tc-partial",
      .says = "the addresses of a truncated answer are not taken for all",
      .why = "clients see three of forty back ends, and nobody notices",
      .help = "use musl 1.2.4 or later (Alpine 3.18)", .refs = MUSL_RELEASES, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("part.test", AF_INET));
}

CHECK(address_count, .id = "dns.addr-count", .says = "all hundred addresses of a name are given",
      .why = "headless services with more pods than that lose some of them",
      .help = "put a load balancer in front",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/lookup.h", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("many.test", AF_INET));
}

CHECK(udp_over_512, .id = "dns.udp-over-512",
      .says = "a UDP answer of more than 512 bytes that is not marked truncated is read whole",
      .why = "load balancers that ignore the limit: addresses are silently lost",
      .help = "use musl 1.2.4 or later (Alpine 3.18)", .refs = MUSL_RELEASES, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("over.test", AF_INET));
}

CHECK(long_chain, .id = "dns.cname-long-chain",
      .says = "a chain of twelve aliases that comes over TCP is followed to its end",
      .why = "content delivery networks answer with chains", .help = "use musl 1.2.5 or later",
      .refs = MUSL_RELEASES " https://github.com/coredns/coredns/issues/6149", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    const char *canonical;
    const char *result = resolve_flags("chain.test", AF_INET, AI_CANONNAME, &canonical);
    observe("%s, %s", result, canonical);
}

CHECK(mixed, .id = "dns.mixed-rr", .says = "an AAAA record in the answer to an A query is ignored",
      .why = "some proxies answer with both; IPv4-only programs then get IPv6 addresses",
      .help = "use musl 1.2.4 or later (Alpine 3.18)", .refs = MUSL_RELEASES, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("both.test", AF_INET));
}

CHECK(canonical_unrequested, .id = "dns.canonname-unrequested",
      .says = "ai_canonname is NULL when it was not asked for",
      .why = "programs that take a non-NULL ai_canonname for an alias",
      .help = "ask for AI_CANONNAME before ai_canonname is looked at",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/getaddrinfo.html",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    const char *canonical;
    const char *result = resolve_flags("ok.test", AF_INET, 0, &canonical);
    observe("%s, %s", result, canonical);
}

CHECK(spoof_question, .id = "dns.spoof.question",
      .says = "an answer to another question than was asked is ignored",
      .why = "with musl a forged answer needs to guess only the id and the port",
      .help = "use a local caching resolver that checks",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/res_msend.c "
              "https://www.rfc-editor.org/rfc/rfc5452#section-9.1",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS,
      .waits = true)
{
    observe("%s", resolve("question.test", AF_INET));
}

CHECK(spoof_id, .id = "dns.inv.wrong-id",
      .says = "an answer with another id than the question's is ignored",
      .why = "the first defence against forged answers", .help = "look at the libc's resolver",
      .refs = "https://www.rfc-editor.org/rfc/rfc5452#section-9.1", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS, .waits = true)
{
    observe("%s", resolve("id.test", AF_INET));
}

CHECK(spoof_owner, .id = "dns.spoof.owner",
      .says = "an address of another name than was asked for is not taken",
      .why = "a server that answers beside the question sends clients elsewhere",
      .help = "use a local caching resolver that checks",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/dns_parse.c", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("owner.test", AF_INET));
}

CHECK(case_flip, .id = "dns.inv.case-flip",
      .says = "an answer that spells the name in other letters' case is accepted",
      .why = "proxies that play with the case (0x20) must not break the client",
      .help = "look at the libc's resolver",
      .refs = "https://datatracker.ietf.org/doc/html/draft-vixie-dnsext-dns0x20-00",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("case.test", AF_INET));
}

CHECK(duplicates, .id = "dns.inv.duplicates", .says = "addresses that are given twice stay twice",
      .why = "weights by repetition", .help = "look at the libc's resolver",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/getaddrinfo.html",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = ANSWERS)
{
    observe("%s", resolve("twice.test", AF_INET));
}
