/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup.h"
#include "probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

enum { SHOWN_ADDRESSES = 4, QUERIES_MAX = 256, TEXT_SIZE = 1024 };

static char log_text[65536];
static char *queries[QUERIES_MAX]; /* lines of log_text */
static unsigned query_count;
static bool log_read;
static double duration;

static void forget_queries(void)
{
    ask_fixture("dns-log", log_text, sizeof log_text);
    log_read = false;
    query_count = 0;
}

static void append(char *text, size_t size, const char *more)
{
    size_t length = strlen(text);
    snprintf(text + length, size - length, "%s", more);
}

static void add_address(char *text, size_t size, const struct sockaddr *address)
{
    char shown[INET6_ADDRSTRLEN] = "";
    const void *bytes = address->sa_family == AF_INET
                            ? (const void *)&((const struct sockaddr_in *)address)->sin_addr
                            : (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr;
    inet_ntop(address->sa_family, bytes, shown, sizeof shown);
    append(text, size, " ");
    append(text, size, shown);
}

static const char *addresses(const struct addrinfo *list)
{
    static char text[TEXT_SIZE];
    unsigned count = 0;
    snprintf(text, sizeof text, "ok");
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        if (++count <= SHOWN_ADDRESSES)
            add_address(text, sizeof text, a->ai_addr);
    if (count > SHOWN_ADDRESSES)
        snprintf(text, sizeof text, "ok, %u addresses", count);
    return text;
}

const char *resolve_flags(const char *name, int family, int flags, const char **ret_canonical)
{
    static char canonical[TEXT_SIZE];
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *list = NULL;
    forget_queries();
    double begin = now_seconds();
    int code = getaddrinfo(name, NULL, &hints, &list);
    duration = now_seconds() - begin;
    if (ret_canonical)
        *ret_canonical = "NULL";
    if (code != 0)
        return eai_name(code);
    if (ret_canonical && list->ai_canonname) {
        snprintf(canonical, sizeof canonical, "%s", list->ai_canonname);
        *ret_canonical = canonical;
    }
    const char *text = addresses(list);
    freeaddrinfo(list);
    return text;
}

const char *resolve(const char *name, int family)
{
    return resolve_flags(name, family, 0, NULL);
}

const char *took(void)
{
    static char text[32];
    snprintf(text, sizeof text, "%d s", (int)(duration + 0.5));
    return text;
}

/* Before 2.26 glibc kept what it had read at the first look-up of a process. */
static bool reads_resolv_conf_anew(void)
{
#ifdef __GLIBC__
    return strverscmp(gnu_get_libc_version(), "2.26") >= 0;
#else
    return true;
#endif
}

/* With the servers of a check of which one answers for ok.test, and with some that know nothing. */
void warm_up(void)
{
    static const char *const answering[] = {"dns.idn.raw-utf8", "dns.ns.first-servfail", NULL};
    if (!fixture_each() || !reads_resolv_conf_anew())
        return;
    for (size_t i = 0; answering[i]; i++) {
        if (fixture_take(answering[i]))
            continue; /* not one of those to be run */
        resolve("ok.test", AF_INET);
        resolve("ok.test", AF_UNSPEC);
        fixture_drop();
        break;
    }
    if (fixture_take(""))
        return;
    resolve("warm-up.test", AF_INET);
    resolve("warm-up.test.", AF_UNSPEC);
    asked(TRANSPORT | SERVER | NAME | TYPE);
    fixture_drop();
}

/* ---- queries ---- */

static void read_log(void)
{
    if (log_read)
        return;
    log_read = true;
    if (ask_fixture("dns-log", log_text, sizeof log_text) < 0)
        broken("the fixture keeps no log of queries");
    char *rest = log_text;
    for (char *line; query_count < QUERIES_MAX && (line = strsep(&rest, "\n"));)
        if (*line)
            queries[query_count++] = line;
}

unsigned asked_count(void)
{
    read_log();
    return query_count;
}

/* One query, as far as it is to be shown. The log has "udp @1 NAME TYPE[ MARK]..." */
static void show_query(int what, const char *query, char *text, size_t size)
{
    static const int fields[] = {TRANSPORT, SERVER, NAME, TYPE};
    char copy[TEXT_SIZE];
    snprintf(copy, sizeof copy, "%s", query);
    char *rest = copy, *field;
    *text = '\0';
    for (unsigned i = 0; (field = strsep(&rest, " ")); i++) {
        if (!(what & (i < 4 ? fields[i] : MARKS)))
            continue;
        if (*text)
            append(text, size, " ");
        append(text, size, field);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

const char *asked(int what)
{
    static char text[TEXT_SIZE], shown[QUERIES_MAX][TEXT_SIZE];
    read_log();
    for (unsigned i = 0; i < query_count; i++)
        show_query(what, queries[i], shown[i], sizeof shown[i]);
    if (what & SORTED)
        qsort(shown, query_count, sizeof shown[0], by_text);
    *text = '\0';
    for (unsigned i = 0; i < query_count; i++) {
        if (i > 0 && !(what & EACH) && !strcmp(shown[i], shown[i - 1]))
            continue;
        if (*text)
            append(text, sizeof text, ", ");
        append(text, sizeof text, shown[i]);
    }
    return *text ? text : "nothing";
}
