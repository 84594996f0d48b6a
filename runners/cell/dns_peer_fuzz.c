/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile probe sends over TCP to a name server of the cell: after it the server still
 * answers, its log is whole, and nothing is left open. */
#include "harness/base/fuzz.h"
#include "runners/cell/dns.h"
#include "runners/cell/query_log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

enum { FIRST_PORT = 21000, PORTS = 10000 };

static uv_loop_t loop;
static const char script[] = "slow.test * delay=1ms 192.0.2.1\n"
                             "forged.test * forge-id=192.0.2.9 192.0.2.1\n"
                             "silent.test * drop\n"
                             "* * 192.0.2.1 2001:db8::1\n";
static const struct dns_place place = {.slot = 91};

static struct dns_server *open_server(unsigned *port)
{
    struct error e = ERROR_INIT;
    struct dns_server *s = dns_server_open(&loop, place, script, &e);
    FUZZ_CHECK(s);
    for (*port = FIRST_PORT + (unsigned)getpid() % PORTS;; ++*port) {
        dns_server_set_port(s, *port);
        if (dns_server_listen(s, 1, false, &e))
            return s;
        error_clear(&e);
        FUZZ_CHECK(*port < FIRST_PORT + 2 * PORTS);
    }
}

static int connected(unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct linger at_once = {1, 0}; /* else thousands of ports would wait a minute each */
    char text[INET6_ADDRSTRLEN];
    dns_server_address(place, 1, false, text, sizeof text);
    inet_pton(AF_INET, text, &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FUZZ_CHECK(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    FUZZ_CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* In two parts, the first as long as the first byte says; until the server has closed. */
static void talk(int fd, const uint8_t *data, size_t size)
{
    size_t first = size > 0 && data[0] < size ? data[0] : size;
    char answer[4096];
    ssize_t n;
    if (send(fd, data, first, MSG_NOSIGNAL) == (ssize_t)first) {
        uv_run(&loop, UV_RUN_NOWAIT);
        (void)!send(fd, data + first, size - first, MSG_NOSIGNAL);
    }
    shutdown(fd, SHUT_WR);
    do {
        uv_run(&loop, UV_RUN_NOWAIT);
        n = recv(fd, answer, sizeof answer, MSG_DONTWAIT);
    } while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
}

static void check_log(struct dns_server *s)
{
    CLEANUP_FREE char *log = dns_server_take_log(s);
    FUZZ_CHECK(strlen(log) <= QUERY_LOG_BYTES);
    for (char *rest = log, *line; (line = strsep(&rest, "\n")) && rest;)
        FUZZ_CHECK(fuzz_is_printable(line) &&
                   (strncmp(line, "tcp @1 ", 7) == 0 || strcmp(line, "...") == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned port;
    FUZZ_CHECK(uv_loop_init(&loop) == 0);
    struct dns_server *s = open_server(&port);
    int fd = connected(port);
    talk(fd, data, size);
    close(fd);
    check_log(s);
    dns_server_close(s);
    FUZZ_CHECK(uv_run(&loop, UV_RUN_DEFAULT) == 0 && uv_loop_close(&loop) == 0);
    return 0;
}
