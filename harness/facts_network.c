/* SPDX-License-Identifier: Apache-2.0 */
/* Names, addresses and services. */
#include "harness/fact.h"

#include <string.h>

/* The value of a "hosts:" line is its words, as they stand. */
static void read_nsswitch(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/nsswitch.conf", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/nsswitch.conf");
    const char *cursor = text ? text : "", *line;
    size_t length;
    while (fact_line(&cursor, &line, &length)) {
        if (length <= strlen("hosts:") || strncmp(line, "hosts:", strlen("hosts:")) != 0)
            continue;
        fact_add(ret, line + strlen("hosts:"), length - strlen("hosts:"));
        return;
    }
    text_add(ret, "no hosts line");
}

/* All of the words begin a line: "present"; some: "partial"; none: "empty". */
static void read_table(const struct fact_scan *s, const char *path, const char *const *words,
                       struct text *ret)
{
    if (!fact_is_file(s, path, ret))
        return;
    size_t all = 0, found = 0;
    for (; words[all]; all++) {
        CLEANUP_FREE char *text = fact_file(s, path);
        const char *cursor = text ? text : "", *line;
        size_t length;
        bool seen = false;
        while (!seen && fact_line(&cursor, &line, &length))
            seen = fact_has_word(line, length, words[all]);
        found += seen;
    }
    text_add(ret, found == 0 ? "empty" : found < all ? "partial" : "present");
}

static void read_services(const struct fact_scan *s, struct text *ret)
{
    static const char *const words[] = {"http", "https", "domain", "ssh", NULL};
    read_table(s, "etc/services", words, ret);
}

static void read_protocols(const struct fact_scan *s, struct text *ret)
{
    static const char *const words[] = {"tcp", "udp", "icmp", NULL};
    read_table(s, "etc/protocols", words, ret);
}

static void read_resolv_conf(const struct fact_scan *s, struct text *ret)
{
    CLEANUP_FREE char *target = tree_link(s->root, "etc/resolv.conf");
    if (target) {
        text_add(ret, "link ");
        fact_add(ret, target, strlen(target));
        return;
    }
    if (!fact_is_file(s, "etc/resolv.conf", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/resolv.conf");
    const char *cursor = text ? text : "", *line;
    size_t length;
    text_add(ret, fact_line(&cursor, &line, &length) ? "file" : "empty");
}

static void read_hosts(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/hosts", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/hosts");
    const char *cursor = text ? text : "", *line;
    size_t length, lines = 0;
    bool localhost = false;
    for (; fact_line(&cursor, &line, &length); lines++)
        localhost |= fact_has_word(line, length, "localhost");
    text_add(ret, lines == 0 ? "empty" : localhost ? "localhost" : "no localhost");
}

static void read_gai_conf(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/gai.conf", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/gai.conf");
    const char *cursor = text ? text : "", *line;
    size_t length;
    text_add(ret, fact_line(&cursor, &line, &length) ? "set" : "default");
}

static void read_certificates(const struct fact_scan *s, struct text *ret)
{
    static const char *const bundles[] = {"etc/ssl/certs/ca-certificates.crt",
                                          "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/cert.pem",
                                          "etc/ssl/ca-bundle.pem"};
    struct stat st;
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
        if (tree_kind(s->root, bundles[i], &st) == TREE_FILE && st.st_size > 0) {
            text_add(ret, "present");
            return;
        }
    text_add(ret, "absent");
}

const struct fact_reader facts_network[] = {
    {.name = "nsswitch",
     .says = "the sources of host names in /etc/nsswitch.conf",
     .why = "glibc asks them in this order; without the file its built-in order has changed over "
            "time, and Go decides by it whether /etc/hosts comes first",
     .help = "musl ignores the file",
     .refs = "nsswitch.conf(5)",
     .read = read_nsswitch},
    {.name = "services",
     .says = "/etc/services with http, https, domain and ssh",
     .why = "without it getaddrinfo and getservbyname know no service by name",
     .help = "netbase on Debian; musl has none built in either",
     .refs = "services(5)",
     .read = read_services},
    {.name = "protocols",
     .says = "/etc/protocols with tcp, udp and icmp",
     .why = "without it getprotobyname fails under glibc; musl has its own table",
     .refs = "protocols(5)",
     .read = read_protocols},
    {.name = "resolv-conf",
     .says = "/etc/resolv.conf as the image brings it",
     .why = "engines replace it; what is baked in is used where they do not, and a link may dangle",
     .refs = "resolv.conf(5)",
     .read = read_resolv_conf},
    {.name = "hosts",
     .says = "/etc/hosts as the image brings it",
     .why = "where no engine replaces it, localhost is what this file says",
     .refs = "hosts(5)",
     .read = read_hosts},
    {.name = "gai-conf",
     .says = "/etc/gai.conf",
     .why = "it changes the order of addresses that getaddrinfo gives, in glibc only",
     .refs = "gai.conf(5)",
     .read = read_gai_conf},
    {.name = "ca-certificates",
     .says = "a bundle of certificate authorities where TLS libraries look for it",
     .why = "without one every HTTPS connection of OpenSSL, Go or curl fails",
     .read = read_certificates},
    {0},
};
