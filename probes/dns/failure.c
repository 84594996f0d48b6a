/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of errors: of the whole look-up, and of one of its two halves (A and AAAA). */
#include "lookup.h"
#include "probe.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

/* For the checks that do not wait. */
#define FAILURES \
    "four.test A 192.0.2.1\nfour.test AAAA nxdomain\n" \
    "six.test A nxdomain\nsix.test AAAA 2001:db8::1\n" \
    "empty.test * nodata\n"

static void look_up(const char *name, int family)
{
    const char *result = resolve(name, family);
    observe("%s after %s", result, took());
}

CHECK(aaaa_nxdomain, .id = "dns.pair.aaaa-nxdomain",
      .says = "a name with an IPv4 address resolves though the AAAA query gets NXDOMAIN",
      .why = "broken name servers and proxies (Docker for Mac, Pi-hole) do this",
      .help = "have the server answer without records; or ask for AF_INET",
      .refs = "https://github.com/docker/for-mac/issues/5088 "
              "https://github.com/pi-hole/FTL/issues/3039",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = FAILURES)
{
    observe("%s", resolve("four.test", AF_UNSPEC));
}

CHECK(a_nxdomain, .id = "dns.pair.a-nxdomain",
      .says = "a name with an IPv6 address resolves though the A query gets NXDOMAIN",
      .why = "the other half of dns.pair.aaaa-nxdomain",
      .help = "have the server answer without records",
      .refs = "https://www.rfc-editor.org/rfc/rfc8020", .needs = "libc", .resolv_conf = ONE_SERVER,
      .nsswitch = FILES_DNS, .zone = FAILURES)
{
    observe("%s", resolve("six.test", AF_UNSPEC));
}

CHECK(aaaa_servfail, .id = "dns.pair.aaaa-servfail",
      .says = "a name with an IPv4 address resolves though the AAAA query fails",
      .why = "name servers that do not know AAAA make programs wait and fail",
      .help = "have the server answer without records; or ask for AF_INET",
      .refs = "https://github.com/openziti/ziti/issues/3077", .needs = "libc",
      .resolv_conf = ONE_SERVER IMPATIENT, .nsswitch = FILES_DNS,
      .zone = "ok.test A 192.0.2.1\nok.test AAAA servfail\n", .waits = true)
{
    look_up("ok.test", AF_UNSPEC);
}

CHECK(aaaa_drop, .id = "dns.pair.aaaa-drop",
      .says = "a name with an IPv4 address resolves though the AAAA query is never answered",
      .why = "the classic five seconds of delay behind some firewalls",
      .help = "options single-request or no-aaaa; or ask for AF_INET",
      .refs = "https://github.com/kubernetes/kubernetes/issues/56903", .needs = "libc",
      .resolv_conf = ONE_SERVER IMPATIENT, .nsswitch = FILES_DNS,
      .zone = "ok.test A 192.0.2.1\nok.test AAAA drop\n", .waits = true)
{
    look_up("ok.test", AF_UNSPEC);
}

CHECK(nxdomain, .id = "dns.inv.nxdomain", .says = "a name that does not exist gives EAI_NONAME",
      .why = "programs tell a wrong name from a broken network by it",
      .help = "look at the libc's resolver",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/getaddrinfo.html",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = FAILURES)
{
    look_up("none.test", AF_UNSPEC);
}

CHECK(nodata, .id = "dns.err.nodata",
      .says = "a name that exists without an address gives EAI_NODATA",
      .why = "programs that try the other family only then",
      .help = "treat EAI_NODATA and EAI_NONAME alike",
      .refs = "https://musl.libc.org/releases.html", .needs = "libc", .resolv_conf = ONE_SERVER,
      .nsswitch = FILES_DNS, .zone = FAILURES)
{
    look_up("empty.test", AF_UNSPEC);
}

CHECK(formerr, .id = "dns.err.formerr", .says = "FORMERR gives EAI_NONAME at once",
      .why = "old servers answer so to what they do not know", .help = "replace the server",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/lookup_name.c", .needs = "libc",
      .resolv_conf = ONE_SERVER IMPATIENT, .nsswitch = FILES_DNS, .zone = "none.test * formerr\n",
      .waits = true)
{
    look_up("none.test", AF_INET);
}

CHECK(refused, .id = "dns.err.refused-latency", .says = "REFUSED gives EAI_AGAIN at once",
      .why = "a server with an access list: musl waits its full timeout for each look-up",
      .help = "remove the server from resolv.conf",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/res_msend.c", .needs = "libc",
      .resolv_conf = ONE_SERVER IMPATIENT, .nsswitch = FILES_DNS, .zone = "none.test * refused\n",
      .waits = true)
{
    look_up("none.test", AF_INET);
}

CHECK(servfail, .id = "dns.err.servfail-latency", .says = "SERVFAIL gives EAI_AGAIN at once",
      .why = "a failing zone: musl waits its full timeout for each look-up",
      .help = "repair the zone",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/res_msend.c", .needs = "libc",
      .resolv_conf = ONE_SERVER IMPATIENT, .nsswitch = FILES_DNS, .zone = "none.test * servfail\n",
      .waits = true)
{
    look_up("none.test", AF_INET);
}

CHECK(gethostbyname_nodata, .id = "dns.err.h-errno-nodata",
      .says = "gethostbyname of a name without an address sets h_errno to NO_DATA",
      .why = "mail servers tell a wrong name from a name without address by it",
      .help = "treat NO_DATA and HOST_NOT_FOUND alike",
      .refs = "https://man7.org/linux/man-pages/man3/gethostbyname.3.html", .needs = "libc",
      .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = FAILURES)
{
    static const char *const names[] = {"0", "HOST_NOT_FOUND", "TRY_AGAIN", "NO_RECOVERY",
                                        "NO_DATA"};
    h_errno = 0;
    struct hostent *found = gethostbyname("empty.test");
    int code = h_errno;
    if (found)
        observe("found");
    else
        observe("%s", code >= 0 && code <= 4 ? names[code] : "another code");
}

CHECK(gai_strerror_texts, .id = "dns.gai-strerror",
      .says = "gai_strerror of EAI_NONAME, EAI_AGAIN and EAI_NODATA has glibc's wording",
      .why = "people search logs for these texts", .help = "search for both libcs' texts",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/network/gai_strerror.c",
      .needs = "libc", .resolv_conf = ONE_SERVER, .nsswitch = FILES_DNS, .zone = FAILURES)
{
    observe("%s | %s | %s", gai_strerror(EAI_NONAME), gai_strerror(EAI_AGAIN), gai_strerror(-5));
}
