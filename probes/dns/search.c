/* SPDX-License-Identifier: Apache-2.0 */
/* The search list of resolv.conf: which names are tried, in which order, and what stops it. */
#include "lookup.h"
#include "probe.h"

#include <sys/socket.h>

#define MUSL_DIFFERENCES "https://wiki.musl-libc.org/functional-differences-from-glibc.html"

/* For the checks that do not wait. */
#define SEARCH_LIST "search s1.test s2.test\n"
#define SEARCHED \
    "foo.bar.s1.test * 192.0.2.1\n" \
    "empty.s1.test * nodata\n" \
    "empty.s2.test * 192.0.2.2\n" \
    "second.s2.test * 192.0.2.2\n" \
    "foo.s1.test * 192.0.2.1\n"

static void search_for(const char *name)
{
    const char *result = resolve(name, AF_UNSPEC);
    observe("%s; asked %s", result, asked(NAME));
}

CHECK(search_enough_dots, .id = "dns.search.enough-dots-no-fallback",
      .says = "a name with dots that does not exist as it stands is tried with the search list",
      .why = "Kubernetes service names such as web.prod resolve through the search list only",
      .help = "use the full name, or raise ndots in resolv.conf",
      .refs = MUSL_DIFFERENCES " https://github.com/kubernetes/kubernetes/issues/64924",
      .needs = "libc", .resolv_conf = ONE_SERVER SEARCH_LIST, .nsswitch = FILES_DNS,
      .zone = SEARCHED)
{
    search_for("foo.bar");
}

CHECK(search_servfail, .id = "dns.search.continue-servfail",
      .says = "a search domain whose server fails is passed over for the next one",
      .why = "one broken corporate domain in the search list stops all names from resolving",
      .help = "keep only domains in the search list that are answered for",
      .refs = "https://gitlab.alpinelinux.org/alpine/aports/-/issues/9017 "
              "https://github.com/moby/moby/issues/45553",
      .needs = "libc", .resolv_conf = "nameserver @1\nsearch s1.test s2.test\n" IMPATIENT,
      .nsswitch = FILES_DNS, .zone = "foo.s1.test * servfail\nfoo.s2.test * 192.0.2.2\n",
      .waits = true)
{
    search_for("foo");
}

CHECK(search_nodata, .id = "dns.search.continue-nodata",
      .says = "a name that exists without an address is looked for in the next search domain",
      .why = "a wildcard record of another type in the first domain hides the names of the second",
      .help = "use full names", .refs = "https://github.com/rancher/rancher/issues/5041",
      .needs = "libc", .resolv_conf = ONE_SERVER SEARCH_LIST, .nsswitch = FILES_DNS,
      .zone = SEARCHED)
{
    search_for("empty");
}

CHECK(search_timeout, .id = "dns.search.continue-timeout",
      .says = "after a search domain that is not answered the name is tried as it stands, not the "
              "next domain",
      .why = "a firewalled domain in the search list costs its timeout, then the look-up fails",
      .help = "keep only domains in the search list that are answered for",
      .refs = MUSL_DIFFERENCES, .needs = "libc",
      .resolv_conf = "nameserver @1\nsearch s1.test s2.test\n" IMPATIENT, .nsswitch = FILES_DNS,
      .zone = "foo.s1.test * drop\nfoo.s2.test * 192.0.2.2\n", .waits = true)
{
    search_for("foo");
}

CHECK(search_absolute_servfail, .id = "dns.search.abs-servfail",
      .says = "a name with dots for which the server fails is tried with the search list",
      .why = "forwarders that fail for unknown top-level domains break internal names",
      .help = "use the full name", .refs = MUSL_DIFFERENCES, .needs = "libc",
      .resolv_conf = "nameserver @1\nsearch s1.test\n" IMPATIENT, .nsswitch = FILES_DNS,
      .zone = "foo.bar * servfail\nfoo.bar.s1.test * 192.0.2.1\n", .waits = true)
{
    search_for("foo.bar");
}

CHECK(search_dot, .id = "dns.search.dot", .says = "a dot in the search list does no harm",
      .why = "kubelet and systemd-resolved write `search .`; old musl then sends broken packets",
      .help = "use musl 1.2.4 or later, or remove the dot",
      .refs = "https://github.com/k3s-io/k3s/issues/6132 https://musl.libc.org/releases.html",
      .needs = "libc", .resolv_conf = "nameserver @1\nsearch . s2.test\n" IMPATIENT,
      .nsswitch = FILES_DNS, .zone = "foo * nxdomain\nfoo.s2.test * 192.0.2.2\n", .waits = true)
{
    const char *result = resolve("foo", AF_UNSPEC);
    observe("%s; asked %s", result, asked(NAME | SORTED));
}

CHECK(search_ndots0, .id = "dns.search.ndots0",
      .says = "with ndots:0 a short name is tried as it stands, then with the search list",
      .why = "ndots:0 is set to save queries; short names then stop resolving",
      .help = "use ndots:1", .refs = MUSL_DIFFERENCES, .needs = "libc",
      .resolv_conf = "nameserver @1\nsearch s1.test\noptions ndots:0\n", .nsswitch = FILES_DNS,
      .zone = "foo * nxdomain\nfoo.s1.test * 192.0.2.1\n")
{
    search_for("foo");
}

#define LONG_LABEL "a-domain-that-has-quite-some-characters-in-its-name"
CHECK(search_long_line, .id = "dns.search.long-line",
      .says = "a search line of more than 256 characters is used",
      .why = "clusters with long lists of long domains lose the whole list",
      .help = "shorten the list",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=blob;f=NEWS (2.26) "
              "https://git.musl-libc.org/cgit/musl/tree/src/network/resolvconf.c",
      .needs = "libc",
      .resolv_conf = "nameserver @1\nsearch s1.test " LONG_LABEL "1.test " LONG_LABEL
                     "2.test " LONG_LABEL "3.test " LONG_LABEL "4.test " LONG_LABEL "5.test\n",
      .nsswitch = FILES_DNS, .zone = "foo.s1.test * 192.0.2.1\n")
{
    search_for("foo");
}

CHECK(search_order, .id = "dns.inv.search-order",
      .says = "a short name is tried in the domains of the search list from left to right",
      .why = "the order decides which host of that name is meant",
      .help = "look at the libc's resolver",
      .refs = "https://man7.org/linux/man-pages/man5/resolv.conf.5.html", .needs = "libc",
      .resolv_conf = ONE_SERVER SEARCH_LIST, .nsswitch = FILES_DNS, .zone = SEARCHED)
{
    search_for("second");
}

CHECK(search_last_wins, .id = "dns.inv.search-last-wins",
      .says = "of several domain and search lines the last one counts",
      .why = "tools append to resolv.conf and rely on it", .help = "write one search line",
      .refs = "https://man7.org/linux/man-pages/man5/resolv.conf.5.html", .needs = "libc",
      .resolv_conf = "search s1.test\nnameserver @1\ndomain s2.test\n", .nsswitch = FILES_DNS,
      .zone = "foo.s1.test * 192.0.2.1\nfoo.s2.test * 192.0.2.2\n")
{
    search_for("foo");
}

CHECK(trailing_dot, .id = "dns.inv.trailing-dot",
      .says = "a name with a final dot is asked for as it stands and never searched",
      .why = "the way to name a host without the search list",
      .help = "look at the libc's resolver",
      .refs = "https://man7.org/linux/man-pages/man7/hostname.7.html", .needs = "libc",
      .resolv_conf = ONE_SERVER SEARCH_LIST, .nsswitch = FILES_DNS, .zone = SEARCHED)
{
    search_for("foo.");
}
