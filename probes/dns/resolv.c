/* SPDX-License-Identifier: Apache-2.0 */
/* The options of resolv.conf, its environment, and its odd lines. */
#include "lookup.h"
#include "probe.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAN "https://man7.org/linux/man-pages/man5/resolv.conf.5.html"
#define MUSL_RESOLVCONF "https://git.musl-libc.org/cgit/musl/tree/src/network/resolvconf.c"
#define OK_ZONE "ok.test * 192.0.2.1\n"

/* What was asked for ok.test, and with what result. */
static void ask_ok(int family, int what)
{
    const char *result = resolve("ok.test", family);
    observe("%s; asked %s", result, asked(what));
}

CHECK(options_env, .id = "dns.resolv.options-env",
      .says = "RES_OPTIONS and LOCALDOMAIN in the environment are obeyed",
      .why = "the only per-process setting of the resolver",
      .help = "change resolv.conf, or the pod's dnsConfig", .refs = MAN, .needs = "libc",
      .resolv_conf = "nameserver @1\nsearch s1.test\n", .nsswitch = FILES_DNS,
      .environment = "RES_OPTIONS=ndots:3\nLOCALDOMAIN=env.test\n",
      .zone = "a.b.env.test * 192.0.2.1\na.b * 192.0.2.2\n")
{
    const char *result = resolve("a.b", AF_INET);
    observe("%s; asked %s", result, asked(NAME));
}

CHECK(crlf, .id = "dns.resolv.crlf", .says = "a nameserver line that ends in CR LF is passed over",
      .why = "files edited on Windows silently lose or keep their servers",
      .help = "write resolv.conf with LF only", .refs = MUSL_RESOLVCONF, .needs = "libc",
      .resolv_conf = "nameserver @1\r\nnameserver @2\n", .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    ask_ok(AF_INET, SERVER | SORTED);
}

static void look_up_ok(int out, void *data)
{
    (void)data;
    const char *result = resolve("ok.test", AF_INET);
    if (write(out, result, strlen(result)) < 0)
        _exit(1);
}

CHECK(attempts0, .id = "dns.resolv.attempts0", .says = "attempts:0 makes the look-up fail at once",
      .why = "musl divides by the number of attempts: on x86 the program is killed",
      .help = "never write attempts:0", .refs = MUSL_RESOLVCONF, .needs = "libc",
      .resolv_conf = "nameserver @1\noptions attempts:0\n", .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    char text[64] = "";
    const char *end = in_child(look_up_ok, NULL, text, sizeof text);
    observe("%s", *text ? text : end);
}

CHECK(timeout0, .id = "dns.resolv.timeout0", .says = "timeout:0 counts as one second",
      .why = "with musl nothing resolves at all, and no query is sent",
      .help = "never write timeout:0", .refs = MUSL_RESOLVCONF, .needs = "libc",
      .resolv_conf = "nameserver @1\noptions timeout:0 attempts:1\n", .nsswitch = FILES_DNS,
      .zone = OK_ZONE)
{
    ask_ok(AF_INET, NAME);
}

CHECK(
    timeout_total, .id = "dns.timeout.total",
    .says = "timeout is per attempt: timeout:1 attempts:2 gives up after two seconds",
    .why = "how long a program hangs when the name server is away; musl takes timeout as the total",
    .help = "set timeout and attempts for the libc that is used",
    .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html " MAN,
    .needs = "libc", .resolv_conf = "nameserver @1\noptions timeout:1 attempts:2\n",
    .nsswitch = FILES_DNS, .zone = "* * drop\n", .waits = true)
{
    const char *result = resolve("ok.test", AF_INET), *time = took();
    observe("%s after %s, %u queries", result, time, asked_count());
}

CHECK(opt_edns0, .id = "dns.opt.edns0",
      .says = "options edns0 sends an EDNS0 record with each query",
      .why = "answers of more than 512 bytes then need no TCP", .help = "do not rely on it",
      .refs = MAN, .needs = "libc", .resolv_conf = "nameserver @1\noptions edns0\n",
      .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    ask_ok(AF_INET, NAME | MARKS);
}

CHECK(opt_trust_ad, .id = "dns.opt.trust-ad", .says = "options trust-ad sets the AD bit in queries",
      .why = "DANE and SSHFP need it to learn that an answer was validated",
      .help = "use glibc 2.31 or later",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=blob;f=NEWS (2.31)", .needs = "libc",
      .resolv_conf = "nameserver @1\noptions trust-ad\n", .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    ask_ok(AF_INET, NAME | MARKS);
}

CHECK(opt_use_vc, .id = "dns.opt.use-vc", .says = "options use-vc asks over TCP from the start",
      .why = "used where UDP is lost or filtered, as on some cloud networks",
      .help = "use a local caching resolver", .refs = MAN, .needs = "libc",
      .resolv_conf = "nameserver @1\noptions use-vc\n", .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    ask_ok(AF_INET, TRANSPORT);
}

CHECK(opt_no_aaaa, .id = "dns.opt.no-aaaa", .says = "options no-aaaa leaves the AAAA queries out",
      .why = "halves the load of name servers where there is no IPv6",
      .help = "use glibc 2.36 or later",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=blob;f=NEWS (2.36)", .needs = "libc",
      .resolv_conf = "nameserver @1\noptions no-aaaa\n", .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    ask_ok(AF_UNSPEC, TYPE | SORTED);
}

CHECK(comments, .id = "dns.inv.resolv-comments",
      .says = "comments, lines that begin with a blank, and a missing final newline do no harm",
      .why = "resolv.conf is written by many tools", .help = "look at the libc's resolver",
      .refs = MAN, .needs = "libc",
      .resolv_conf = "# nameserver @2\n; nameserver @2\n nameserver @2\nnameserver @1",
      .nsswitch = FILES_DNS, .zone = OK_ZONE)
{
    ask_ok(AF_INET, SERVER | SORTED);
}
