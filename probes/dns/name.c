/* SPDX-License-Identifier: Apache-2.0 */
/* Names, addresses and services as texts: what is accepted without a name server, what is not. */
#include "lookup.h"
#include "probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define POSIX_GETADDRINFO \
    "https://pubs.opengroup.org/onlinepubs/9699919799/functions/getaddrinfo.html"

/* Adds "WORD RESULT", after a comma if needed. */
static void add_result(char *text, size_t size, const char *word, const char *result)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s%s %s", length ? ", " : "", word, result);
}

CHECK(bad_labels, .id = "dns.inv.bad-labels",
      .says =
          "empty labels and labels of 64 bytes give EAI_NONAME without a query; 63 bytes are asked",
      .why = "such names come from broken templates and must not leave the host",
      .help = "look at the libc's resolver",
      .refs = "https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = "* * 192.0.2.1\n")
{
    char label[65] = "", text[512] = "";
    memset(label, 'a', 64);
    const struct {
        const char *word, *name;
    } names[] = {{"a..b", "a..b"}, {".a", ".a"}, {"a..", "a.."}, {"64", label}, {"63", label + 1}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *result = resolve(names[i].name, AF_INET);
        char both[128];
        snprintf(both, sizeof both, "%s (%u asked)", result, asked_count());
        add_result(text, sizeof text, names[i].word, both);
    }
    observe("%s", text);
}

/* Which of these names are asked of the server, and what comes of it. */
CHECK(odd_characters, .id = "dns.name.odd-characters",
      .says = "names with a leading hyphen, `*`, a blank or `!` are refused without a query",
      .why = "musl leaves it to the server; injected names reach it",
      .help = "check names before looking them up",
      .refs = "https://www.rfc-editor.org/rfc/rfc1123#page-13", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = "* * 192.0.2.1\n")
{
    static const char *const names[] = {"-lead", "a*b", "a b", "a!b", "a_b", "trail-"};
    char text[512] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s.test", names[i]);
        const char *result = resolve(name, AF_INET);
        add_result(text, sizeof text, names[i], strncmp(result, "ok", 2) ? result : "ok");
    }
    observe("%s", text);
}

CHECK(raw_utf8, .id = "dns.idn.raw-utf8", .says = "a name in UTF-8 is refused without a query",
      .why = "internationalized names need libidn2 or the program's own conversion",
      .help = "convert names to their xn-- form first",
      .refs = "https://man7.org/linux/man-pages/man3/getaddrinfo.3.html", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = "* * 192.0.2.1\n")
{
    const char *result = resolve("b\xc3\xbc"
                                 "cher.test",
                                 AF_INET);
    observe("%s; %u asked", result, asked_count());
}

CHECK(literal_family, .id = "dns.literal.family",
      .says = "an IPv4 address where IPv6 is asked for gives EAI_ADDRFAMILY",
      .why = "programs that try one family after the other on this code",
      .help = "treat any error as a reason to try the other family", .refs = POSIX_GETADDRINFO,
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    char text[256] = "";
    add_result(text, sizeof text, "127.0.0.1 as IPv6:", resolve("127.0.0.1", AF_INET6));
    add_result(text, sizeof text, "::1 as IPv4:", resolve("::1", AF_INET));
    add_result(text, sizeof text,
               "::ffff:192.0.2.1 as IPv4:", resolve("::ffff:192.0.2.1", AF_INET));
    observe("%s", text);
}

CHECK(numeric_forms, .id = "dns.inv.numeric-forms",
      .says = "the old numeric forms of IPv4 addresses are understood without a query",
      .why = "0177.0.0.1 and 2130706433 pass filters that look for 127.0.0.1",
      .help = "parse with inet_pton before filtering",
      .refs = "https://man7.org/linux/man-pages/man3/inet_aton.3.html", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    static const char *const names[] = {"127.1",    "0x7f.1",      "0177.0.0.1", "2130706433",
                                        "08.1.1.1", "127.0.0.256", "1.2.3.4.5",  "[::1]"};
    char text[512] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_result(text, sizeof text, names[i], resolve(names[i], AF_UNSPEC));
    observe("%s", text);
}

CHECK(service_range, .id = "dns.service.range",
      .says = "a port number above 65535 is taken modulo 65536",
      .why = "a typing error connects elsewhere; musl refuses it",
      .help = "check port numbers before the call", .refs = POSIX_GETADDRINFO, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    static const char *const services[] = {"65535", "65536", "99999", "-1"};
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    char text[256] = "";
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        struct addrinfo *list = NULL;
        char result[64];
        int code = getaddrinfo("127.0.0.1", services[i], &hints, &list);
        snprintf(result, sizeof result, "%s", eai_name(code));
        if (code == 0) {
            const struct sockaddr_in *address = (const void *)list->ai_addr;
            snprintf(result, sizeof result, "is %u", ntohs(address->sin_port));
            freeaddrinfo(list);
        }
        add_result(text, sizeof text, services[i], result);
    }
    observe("%s", text);
}

CHECK(service_alias, .id = "dns.service.alias",
      .says = "getservbyname of an alias gives the service's proper name",
      .why = "programs that compare names; without /etc/services nothing is found",
      .help = "install the file with the services (netbase, in Debian)",
      .refs = "https://man7.org/linux/man-pages/man5/services.5.html", .needs = "/etc/services",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    struct servent *s = getservbyname("www", "tcp");
    if (s)
        observe("%s, port %u", s->s_name, ntohs((uint16_t)s->s_port));
    else
        observe("not found");
}

CHECK(protocol_by_name, .id = "dns.protocols.tcp", .says = "getprotobyname knows tcp",
      .why = "ping, nmap and old programs ask for it; glibc needs /etc/protocols",
      .help = "install the file with the protocols (netbase, in Debian), or use IPPROTO_TCP",
      .refs = "https://man7.org/linux/man-pages/man5/protocols.5.html", .needs = "/etc/protocols",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    struct protoent *p = getprotobyname("tcp");
    if (p)
        observe("%d", p->p_proto);
    else
        observe("not found");
}

CHECK(flags_unknown, .id = "dns.inv.bad-flags", .says = "unknown ai_flags give EAI_BADFLAGS",
      .why = "how programs find out what a libc can do", .help = "look at the libc's resolver",
      .refs = POSIX_GETADDRINFO, .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    observe("%s", resolve_flags("127.0.0.1", AF_INET, 0x40000000, NULL));
}

CHECK(passive, .id = "dns.inv.passive", .says = "AI_PASSIVE without a name gives 0.0.0.0, and ::",
      .why = "servers bind to the first; the order decides about dual-stack",
      .help = "bind to all of them", .refs = POSIX_GETADDRINFO, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    char text[256] = "";
    int code = getaddrinfo(NULL, "80", &hints, &list);
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        add_result(text, sizeof text, a->ai_family == AF_INET ? "IPv4" : "IPv6", "any");
    observe("%s", code ? eai_name(code) : text);
}
