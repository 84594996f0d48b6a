/* SPDX-License-Identifier: Apache-2.0 */
/* Several name servers: who is asked, and whose answer counts. Queries to several servers have no
 * stable order between them, so the servers that were asked are shown as a set. */
#include "lookup.h"
#include "probe.h"

#include <sys/socket.h>
#include <unistd.h>

#define MUSL_DIFFERENCES "https://wiki.musl-libc.org/functional-differences-from-glibc.html"

/* For the checks that do not wait. */
#define TWO_ANSWERS \
    "ok.test * 192.0.2.1\n" \
    "fail.test * @1 servfail\nfail.test * @2 delay=200ms 192.0.2.2\n"

CHECK(parallel, .id = "dns.ns.parallel",
      .says = "only the first name server is asked while it answers",
      .why = "musl asks all servers at once: twice the load, and whoever is first wins",
      .help = "list only servers that give the same answers",
      .refs = MUSL_DIFFERENCES " https://github.com/kubernetes/kubernetes/issues/16534",
      .needs = "libc", .resolv_conf = TWO_SERVERS, .nsswitch = FILES_DNS, .zone = TWO_ANSWERS)
{
    const char *result = resolve("ok.test", AF_INET);
    observe("%s; asked %s", result, asked(SERVER | SORTED));
}

CHECK(split_horizon, .id = "dns.ns.split-horizon",
      .says = "the first server's answer counts, although the second one is quicker",
      .why = "an internal and a public server in one resolv.conf: names resolve by chance",
      .help = "list only servers that give the same answers",
      .refs = MUSL_DIFFERENCES " https://github.com/gliderlabs/docker-alpine/issues/8",
      .needs = "libc", .resolv_conf = TWO_SERVERS, .nsswitch = FILES_DNS,
      .zone = "ok.test * @1 nxdomain delay=700ms\nok.test * @2 192.0.2.2\n", .waits = true)
{
    observe("%s", resolve("ok.test", AF_INET));
}

CHECK(split_horizon_slow, .id = "dns.ns.split-horizon-slow",
      .says = "the first server's answer counts, although the second one knows better",
      .why = "the other half of dns.ns.split-horizon",
      .help = "list only servers that give the same answers", .refs = MUSL_DIFFERENCES,
      .needs = "libc", .resolv_conf = TWO_SERVERS, .nsswitch = FILES_DNS,
      .zone = "ok.test * @1 nxdomain\nok.test * @2 delay=700ms 192.0.2.2\n", .waits = true)
{
    observe("%s", resolve("ok.test", AF_INET));
}

CHECK(first_dead, .id = "dns.ns.first-dead",
      .says = "a first server that does not answer costs its timeout",
      .why = "latency while one of two name servers is down",
      .help = "lower timeout in resolv.conf, or use a local caching resolver",
      .refs = MUSL_DIFFERENCES, .needs = "libc",
      .resolv_conf = TWO_SERVERS "options timeout:1 attempts:2\n", .nsswitch = FILES_DNS,
      .zone = "ok.test * @1 drop\nok.test * @2 192.0.2.2\n", .waits = true)
{
    const char *result = resolve("ok.test", AF_INET);
    observe("%s after %s", result, took());
}

CHECK(servfail_next, .id = "dns.ns.first-servfail",
      .says = "after SERVFAIL of the first server the second one is asked",
      .why = "fail-over between name servers", .help = "look at the libc's resolver",
      .refs = MUSL_DIFFERENCES, .needs = "libc", .resolv_conf = TWO_SERVERS, .nsswitch = FILES_DNS,
      .zone = TWO_ANSWERS, .waits = true)
{
    const char *result = resolve("fail.test", AF_INET);
    observe("%s; asked %s", result, asked(SERVER | SORTED));
}

CHECK(rotate, .id = "dns.ns.rotate", .says = "options rotate asks one server, whichever",
      .why = "spreads the load over the servers", .help = "do not rely on it",
      .refs = "https://man7.org/linux/man-pages/man5/resolv.conf.5.html", .needs = "libc",
      .resolv_conf = TWO_SERVERS "options rotate\n", .nsswitch = FILES_DNS,
      .zone = "ok.test * 192.0.2.1\n")
{
    const char *result = resolve("ok.test", AF_INET);
    observe("%s; asked %u", result, asked_count());
}

CHECK(closed_port, .id = "dns.inv.closed-port",
      .says = "a server whose port is closed is passed over at once",
      .why = "a node-local cache that restarts must not cost a timeout",
      .help = "look at the libc's resolver",
      .refs = "https://man7.org/linux/man-pages/man7/udp.7.html", .needs = "libc",
      .resolv_conf = TWO_SERVERS "options timeout:3\n", .nsswitch = FILES_DNS,
      .zone = "@1 dead\nok.test * 192.0.2.2\n")
{
    const char *result = resolve("ok.test", AF_INET);
    observe("%s after %s", result, took());
}

CHECK(third_server, .id = "dns.inv.third-server",
      .says = "three name servers are used, a fourth never is",
      .why = "longer lists are silently cut", .help = "list three servers at most",
      .refs = "https://man7.org/linux/man-pages/man5/resolv.conf.5.html", .needs = "libc",
      .resolv_conf = "nameserver @1\nnameserver @2\nnameserver @3\nnameserver @4\n"
                     "options timeout:1 attempts:1\n",
      .nsswitch = FILES_DNS, .zone = "@1 dead\n@2 dead\n@3 dead\nok.test * 192.0.2.4\n",
      .waits = true)
{
    const char *result = resolve("ok.test", AF_INET);
    observe("%s; asked %s", result, asked(SERVER | SORTED));
}

CHECK(ipv6_server, .id = "dns.inv.ipv6-server",
      .says = "a name server with an IPv6 address is asked", .why = "single-stack IPv6 clusters",
      .help = "look at the libc's resolver, and at the kernel's IPv6",
      .refs = "https://man7.org/linux/man-pages/man5/resolv.conf.5.html", .needs = "libc ipv6",
      .resolv_conf = "nameserver @1v6\n", .nsswitch = FILES_DNS, .zone = "ok.test * 192.0.2.1\n")
{
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    if (fd < 0)
        skip("no IPv6 in this cell");
    close(fd);
    const char *result = resolve("ok.test", AF_INET);
    observe("%s; asked %s", result, asked(SERVER));
}
