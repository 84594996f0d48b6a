/* SPDX-License-Identifier: Apache-2.0 */
/* /etc/hosts: what of it is read, and what nsswitch.conf makes of its place before DNS. */
#include "lookup.h"
#include "probe.h"

#include <sys/socket.h>

#define MUSL_LOOKUP "https://git.musl-libc.org/cgit/musl/tree/src/network/lookup_name.c"
#define NSSWITCH "https://man7.org/linux/man-pages/man5/nsswitch.conf.5.html"

#define ALIAS "an-alias-that-is-of-no-further-interest-in-this-"
#define ALIASES(n) " " ALIAS n "1 " ALIAS n "2 " ALIAS n "3"
/* For the checks of the file itself. It ends without a newline. */
#define HOSTS \
    "# comment\n" \
    "192.0.2.8\tname.test\talias.test # pinned\n" \
    "192.0.2.8 Mixed.Test\n" \
    "192.0.2.8" ALIASES("a") ALIASES("b") ALIASES("c") ALIASES("d") " far.test\n" \
                                                                    "192.0.2.8 only.test\n" \
                                                                    "192.0.2.8 last"
#define BESIDE_HOSTS "only.test * 2001:db8::1\nalias.test * 192.0.2.9\n"

static void find(const char *name, int family)
{
    const char *result = resolve(name, family);
    observe("%s; asked %s", result, asked(NAME));
}

CHECK(no_final_newline, .id = "dns.hosts.no-final-newline",
      .says = "the last line of /etc/hosts counts without a newline",
      .why = "printf 'ADDRESS NAME' >> /etc/hosts in a Dockerfile: musl does not find the name",
      .help = "end the file with a newline", .refs = MUSL_LOOKUP, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .hosts = HOSTS, .zone = BESIDE_HOSTS)
{
    find("last", AF_INET);
}

CHECK(hosts_case, .id = "dns.hosts.case",
      .says = "names in /etc/hosts are compared without regard to case",
      .why = "host names are; musl compares bytes", .help = "write the names in lower case",
      .refs = MUSL_LOOKUP, .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS,
      .hosts = HOSTS, .zone = BESIDE_HOSTS)
{
    find("mixed.test", AF_INET);
}

CHECK(hosts_long_line, .id = "dns.hosts.long-line",
      .says = "a name beyond the first 511 bytes of a line of /etc/hosts is found",
      .why = "generated files with many aliases in a line", .help = "write several short lines",
      .refs = MUSL_LOOKUP, .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS,
      .hosts = HOSTS, .zone = BESIDE_HOSTS)
{
    find("far.test", AF_INET);
}

CHECK(hosts_other_family, .id = "dns.hosts.v4only-ask-v6",
      .says = "DNS is asked for the IPv6 address of a name that /etc/hosts knows with IPv4 only",
      .why = "decides whether an entry in /etc/hosts hides the name for both families",
      .help = "give both addresses in /etc/hosts", .refs = MUSL_LOOKUP, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .hosts = HOSTS, .zone = BESIDE_HOSTS)
{
    find("only.test", AF_INET6);
}

CHECK(hosts_first, .id = "dns.inv.hosts-first",
      .says = "a name in /etc/hosts is found without a query, its aliases too",
      .why = "the way to pin a name", .help = "look at nsswitch.conf", .refs = NSSWITCH,
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .hosts = HOSTS,
      .zone = BESIDE_HOSTS)
{
    find("alias.test", AF_INET);
}

CHECK(hosts_not_searched, .id = "dns.inv.hosts-not-searched",
      .says = "the search list does not apply to /etc/hosts",
      .why = "short names must stand in the file", .help = "add the short name to the line",
      .refs = "https://man7.org/linux/man-pages/man5/hosts.5.html", .needs = "libc",
      .resolv_conf = ONE_SERVER "search s1.test\n", .nsswitch = FILES_DNS,
      .hosts = "192.0.2.8 foo.s1.test\n")
{
    find("foo", AF_INET);
}

CHECK(localhost_not_built_in, .id = "dns.inv.localhost-not-built-in",
      .says = "without a line in /etc/hosts even localhost is asked of DNS",
      .why = "images with an empty /etc/hosts", .help = "keep localhost in /etc/hosts",
      .refs = "https://www.rfc-editor.org/rfc/rfc6761#section-6.3", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .hosts = "# empty\n",
      .zone = "localhost * 192.0.2.7\n")
{
    find("localhost", AF_INET);
}

#define BOTH_HOSTS "192.0.2.8 both.test\n"
#define BOTH_ZONE "both.test * 192.0.2.9\n"
CHECK(nsswitch_order, .id = "dns.nsswitch.ignored",
      .says = "`hosts: dns files` in nsswitch.conf puts DNS first",
      .why = "musl never reads the file: a name means another host after a change of base image",
      .help = "keep the order files, dns",
      .refs = NSSWITCH " https://github.com/golang/go/issues/22846", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = "hosts: dns files\n", .hosts = BOTH_HOSTS,
      .zone = BOTH_ZONE)
{
    find("both.test", AF_INET);
}

CHECK(nsswitch_files, .id = "dns.nsswitch.files-only",
      .says = "`hosts: files` in nsswitch.conf keeps names from being asked of DNS",
      .why = "a hardening that musl does not know",
      .help = "remove the name servers from resolv.conf", .refs = NSSWITCH, .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = "hosts: files\n", .zone = BOTH_ZONE)
{
    find("both.test", AF_INET);
}

CHECK(nsswitch_no_hosts, .id = "dns.nsswitch.missing-hosts-line",
      .says = "without a hosts line files come before DNS",
      .why = "thin images; programs that read the file themselves may decide otherwise",
      .help = "ship an nsswitch.conf with `hosts: files dns`",
      .refs = NSSWITCH " https://github.com/golang/go/issues/22846", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = "passwd: files\n", .hosts = BOTH_HOSTS,
      .zone = BOTH_ZONE)
{
    find("both.test", AF_INET);
}

CHECK(nsswitch_unavailable, .id = "dns.nsswitch.unavail-return",
      .says = "a module that is not there ends the look-up if [UNAVAIL=return] says so",
      .why = "distributions' files name modules (myhostname, mdns4, resolve) that slim images lack",
      .help = "ship an nsswitch.conf that names only what is installed", .refs = NSSWITCH,
      .needs = "libc", .resolv_conf = ONE_SERVER,
      .nsswitch = "hosts: files nosuch [UNAVAIL=return] dns\n", .zone = BOTH_ZONE)
{
    find("both.test", AF_INET);
}
