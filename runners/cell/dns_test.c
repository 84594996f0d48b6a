/* SPDX-License-Identifier: Apache-2.0 */
/* Real packets over loopback, on a port any user may bind. Client and server share one thread: the
 * client waits by turning the server's loop. */
#include "harness/base/pool.h"
#include "runners/cell/dns.h"

#include <arpa/inet.h>
#include <check.h>
#include <ldns/ldns.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOT 77

static uv_loop_t loop;
static struct dns_server *server;
static unsigned port;

static void start(const char *zone)
{
    struct error e = ERROR_INIT;
    uv_loop_init(&loop);
    server = dns_server_open(&loop, SLOT, zone, &e);
    ck_assert_msg(server != NULL, "%s", e.message);
    port = 20000 + (unsigned)getpid() % 20000;
    dns_server_set_port(server, port);
    while (!dns_server_listen(server, 1, false, &e)) {
        error_clear(&e);
        dns_server_set_port(server, ++port);
    }
}

/* Everything is given back: the sanitizer's leak check sees to the memory, this to the handles. */
static void stop(void)
{
    dns_server_close(server);
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Lets the server work until fd is readable or the milliseconds are over. */
static bool readable(int fd, int ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (double end = now() + ms / 1e3; now() < end;) {
        uv_run(&loop, UV_RUN_NOWAIT);
        if (poll(&p, 1, 2) > 0)
            return true;
    }
    return false;
}

static int connected(int type)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    char text[INET6_ADDRSTRLEN];
    dns_server_address(SLOT, 1, false, text, sizeof text);
    inet_pton(AF_INET, text, &to.sin_addr);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static size_t query(uint8_t *buffer, const char *name, ldns_rr_type type, unsigned edns_size)
{
    ldns_pkt *packet =
        ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_RD);
    ldns_pkt_set_id(packet, 0x1234);
    if (edns_size)
        ldns_pkt_set_edns_udp_size(packet, (uint16_t)edns_size);
    uint8_t *wire;
    size_t size;
    ck_assert_int_eq(ldns_pkt2wire(&wire, packet, &size), LDNS_STATUS_OK);
    memcpy(buffer, wire, size);
    free(wire);
    ldns_pkt_free(packet);
    return size;
}

static ldns_pkt *receive(int fd, int ms)
{
    static uint8_t buffer[65536];
    if (!readable(fd, ms))
        return NULL;
    ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    ldns_pkt *packet = NULL;
    ck_assert_int_gt(size, 0);
    ck_assert_int_eq(ldns_wire2pkt(&packet, buffer, (size_t)size), LDNS_STATUS_OK);
    ldns_pkt_set_size(packet, (size_t)size);
    return packet;
}

static ldns_pkt *ask(const char *name, ldns_rr_type type, unsigned edns_size)
{
    uint8_t buffer[512];
    int fd = connected(SOCK_DGRAM);
    size_t size = query(buffer, name, type, edns_size);
    ck_assert_int_eq(send(fd, buffer, size, 0), (ssize_t)size);
    ldns_pkt *packet = receive(fd, 2000);
    close(fd);
    return packet;
}

/* The answer section as ldns prints it, in one line. */
static void assert_answer(ldns_pkt *packet, ldns_pkt_rcode rcode, bool tc, size_t count,
                          const char *first)
{
    ck_assert_ptr_nonnull(packet);
    ck_assert(ldns_pkt_qr(packet) && ldns_pkt_rd(packet) && ldns_pkt_ra(packet));
    ck_assert_uint_eq(ldns_pkt_id(packet), 0x1234);
    ck_assert_int_eq(ldns_pkt_get_rcode(packet), rcode);
    ck_assert_int_eq(ldns_pkt_tc(packet), tc);
    ck_assert_uint_eq(ldns_pkt_ancount(packet), count);
    ck_assert_uint_eq(ldns_pkt_qdcount(packet), 1);
    if (first) {
        char *text = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(packet), 0));
        ck_assert_str_eq(text, first);
        free(text);
    }
    ldns_pkt_free(packet);
}

static void assert_log(const char *expected)
{
    char *log = dns_server_take_log(server);
    ck_assert_str_eq(log, expected);
    free(log);
}

START_TEST(answers_as_the_script_says)
{
    start("ok.test * 192.0.2.1 2001:db8::1\n"
          "mix.test A mixed 192.0.2.1 2001:db8::1\n"
          "empty.test * nodata\n"
          "fail.test * servfail\nref.test * refused\nform.test * formerr\nimp.test * notimp\n"
          "own.test A owner=other.test 192.0.2.3\n");
    assert_answer(ask("ok.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1,
                  "ok.test.\t60\tIN\tA\t192.0.2.1\n");
    assert_answer(ask("OK.test", LDNS_RR_TYPE_AAAA, 0), LDNS_RCODE_NOERROR, false, 1,
                  "OK.test.\t60\tIN\tAAAA\t2001:db8::1\n");
    assert_answer(ask("ok.test", LDNS_RR_TYPE_MX, 0), LDNS_RCODE_NOERROR, false, 0, NULL);
    assert_answer(ask("mix.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 2, NULL);
    assert_answer(ask("empty.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 0, NULL);
    assert_answer(ask("fail.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_SERVFAIL, false, 0, NULL);
    assert_answer(ask("ref.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_REFUSED, false, 0, NULL);
    assert_answer(ask("form.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_FORMERR, false, 0, NULL);
    assert_answer(ask("imp.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOTIMPL, false, 0, NULL);
    assert_answer(ask("own.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1,
                  "other.test.\t60\tIN\tA\t192.0.2.3\n");
    assert_answer(ask("none.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NXDOMAIN, false, 0, NULL);
    assert_answer(ask(".", LDNS_RR_TYPE_A, 1232), LDNS_RCODE_NXDOMAIN, false, 0, NULL);
    assert_log("udp @1 ok.test A\nudp @1 OK.test AAAA\nudp @1 ok.test MX\nudp @1 mix.test A\n"
               "udp @1 empty.test A\nudp @1 fail.test A\nudp @1 ref.test A\nudp @1 form.test A\n"
               "udp @1 imp.test A\nudp @1 own.test A\nudp @1 none.test A\nudp @1 . A edns0\n");
    assert_log("");
    stop();
}
END_TEST

START_TEST(aliases_come_first)
{
    start("one.test A cname=two.test 192.0.2.1\nchain.test A chain=12 192.0.2.1\n"
          "flip.test A case-flip 192.0.2.1\n");
    assert_answer(ask("one.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 2,
                  "one.test.\t60\tIN\tCNAME\ttwo.test.\n");
    ldns_pkt *packet = ask("chain.test", LDNS_RR_TYPE_A, 0);
    char *last = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(packet), 12));
    ck_assert_str_eq(last, "c12.chain.test.\t60\tIN\tA\t192.0.2.1\n");
    free(last);
    assert_answer(packet, LDNS_RCODE_NOERROR, false, 13,
                  "chain.test.\t60\tIN\tCNAME\tc1.chain.test.\n");
    assert_answer(ask("flip.Test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1,
                  "FLIP.tEST.\t60\tIN\tA\t192.0.2.1\n");
    stop();
}
END_TEST

START_TEST(long_answers_are_truncated)
{
    start("big.test A 40*192.0.2.1+\nover.test A oversize 40*192.0.2.1+\n"
          "cut.test A truncate-udp 192.0.2.1\npart.test A truncate-udp=3 40*192.0.2.1+\n");
    assert_answer(ask("big.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, true, 0, NULL);
    assert_answer(ask("big.test", LDNS_RR_TYPE_A, 1232), LDNS_RCODE_NOERROR, false, 40, NULL);
    ldns_pkt *over = ask("over.test", LDNS_RR_TYPE_A, 0);
    ck_assert_uint_gt(ldns_pkt_size(over), 512);
    assert_answer(over, LDNS_RCODE_NOERROR, false, 40, NULL);
    assert_answer(ask("cut.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, true, 0, NULL);
    assert_answer(ask("part.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, true, 3, NULL);
    stop();
}
END_TEST

START_TEST(drops_and_delays)
{
    start("drop.test A drop\nlate.test A delay=300ms 192.0.2.1\n");
    uint8_t buffer[512];
    int fd = connected(SOCK_DGRAM);
    size_t size = query(buffer, "drop.test", LDNS_RR_TYPE_A, 0);
    send(fd, buffer, size, 0);
    ck_assert_ptr_null(receive(fd, 150));
    close(fd);
    double begin = now();
    assert_answer(ask("late.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1, NULL);
    ck_assert(now() - begin >= 0.29);
    fd = connected(SOCK_DGRAM);
    size = query(buffer, "late.test", LDNS_RR_TYPE_A, 0);
    send(fd, buffer, size, 0);
    ck_assert(!readable(fd, 50));
    close(fd);
    stop(); /* with an answer still to come */
}
END_TEST

START_TEST(forged_answers_go_first)
{
    start("id.test A forge-id=192.0.2.66 delay=50ms 192.0.2.1\n"
          "question.test A forge-question=other.test/192.0.2.66 delay=50ms 192.0.2.1\n");
    uint8_t buffer[512];
    int fd = connected(SOCK_DGRAM);
    send(fd, buffer, query(buffer, "id.test", LDNS_RR_TYPE_A, 0), 0);
    ldns_pkt *forged = receive(fd, 1000);
    ck_assert_uint_ne(ldns_pkt_id(forged), 0x1234);
    ldns_pkt_free(forged);
    assert_answer(receive(fd, 1000), LDNS_RCODE_NOERROR, false, 1,
                  "id.test.\t60\tIN\tA\t192.0.2.1\n");
    send(fd, buffer, query(buffer, "question.test", LDNS_RR_TYPE_A, 0), 0);
    assert_answer(receive(fd, 1000), LDNS_RCODE_NOERROR, false, 1,
                  "other.test.\t60\tIN\tA\t192.0.2.66\n");
    assert_answer(receive(fd, 1000), LDNS_RCODE_NOERROR, false, 1,
                  "question.test.\t60\tIN\tA\t192.0.2.1\n");
    close(fd);
    stop();
}
END_TEST

/* Sends bytes as one datagram; nothing must come back. */
static void send_hostile(const void *bytes, size_t size)
{
    int fd = connected(SOCK_DGRAM);
    ck_assert_int_eq(send(fd, bytes, size, 0), (ssize_t)size);
    ck_assert(!readable(fd, 30));
    close(fd);
    assert_log("udp @1 malformed\n");
}

START_TEST(hostile_datagrams_are_counted_and_dropped)
{
    start("* * 192.0.2.1");
    uint8_t good[512], bad[9000] = {0};
    size_t size = query(good, "foo.test", LDNS_RR_TYPE_A, 0);
    send_hostile("", 0);
    send_hostile("x", 1);
    send_hostile(good, 11);
    for (size_t cut = 12; cut < size; cut++)
        send_hostile(good, cut);
    send_hostile(bad, 12);         /* no question */
    send_hostile(bad, sizeof bad); /* longer than any query */

    const struct {
        size_t at;
        uint8_t value;
    } changes[] = {
        {2, 0x80}, /* a response */ {2, 0x28},        /* an update */
        {5, 2},    /* two questions */ {4, 0xff},     /* 65281 questions */
        {7, 1},    /* an answer */ {11, 2},           /* two additional records */
        {11, 1},   /* a record too few */ {12, 0x40}, /* a label of no known kind */
        {12, 0x3f}                                    /* a label beyond the end */
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(bad, good, size);
        bad[changes[i].at] = changes[i].value;
        send_hostile(bad, size);
    }
    memcpy(bad, good, size); /* two questions that are both there */
    memcpy(bad + size, good + 12, size - 12);
    bad[5] = 2;
    send_hostile(bad, 2 * size - 12);
    memcpy(bad, good, size);
    bad[12] = 0xc0; /* a compression pointer to itself */
    bad[13] = 12;
    send_hostile(bad, size);
    memcpy(bad, good, size);
    bad[size - 1] = LDNS_RR_CLASS_CH;
    send_hostile(bad, size);
    assert_answer(ask("foo.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1, NULL);
    stop();
}
END_TEST

START_TEST(log_is_bounded)
{
    start(NULL);
    int fd = connected(SOCK_DGRAM);
    for (int i = 0; i < 4000; i++) {
        send(fd, "x", 1, 0);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    readable(fd, 50);
    char *log = dns_server_take_log(server);
    size_t length = strlen(log);
    ck_assert_uint_gt(length, 60000);
    ck_assert_uint_lt(length, 60100);
    ck_assert_str_eq(log + length - 4, "...\n");
    free(log);
    close(fd);
    stop();
}
END_TEST

/* ---- TCP ---- */

static size_t framed(uint8_t *buffer, const char *name)
{
    size_t size = query(buffer + 2, name, LDNS_RR_TYPE_A, 0);
    buffer[0] = 0;
    buffer[1] = (uint8_t)size;
    return size + 2;
}

static void read_all(int fd, uint8_t *buffer, size_t size)
{
    for (size_t have = 0; have < size;) {
        ck_assert(readable(fd, 2000));
        ssize_t n = recv(fd, buffer + have, size - have, 0);
        ck_assert_int_gt(n, 0);
        have += (size_t)n;
    }
}

static ldns_pkt *receive_framed(int fd)
{
    static uint8_t buffer[65536];
    ldns_pkt *packet = NULL;
    read_all(fd, buffer, 2);
    size_t size = (size_t)buffer[0] << 8 | buffer[1];
    read_all(fd, buffer, size);
    ck_assert_int_eq(ldns_wire2pkt(&packet, buffer, size), LDNS_STATUS_OK);
    return packet;
}

static void assert_hangs_up(int fd)
{
    char c;
    ck_assert(readable(fd, 2000));
    ck_assert_int_le(recv(fd, &c, 1, 0), 0);
    close(fd);
}

START_TEST(tcp_gives_whole_answers)
{
    start("big.test A truncate-udp 900*192.0.2.1+\nlate.test A delay=100ms 192.0.2.1\n");
    uint8_t buffer[1024];
    int fd = connected(SOCK_STREAM);
    send(fd, buffer, framed(buffer, "big.test"), 0);
    assert_answer(receive_framed(fd), LDNS_RCODE_NOERROR, false, 900,
                  "big.test.\t60\tIN\tA\t192.0.2.1\n");
    for (size_t i = 0, size = framed(buffer, "none.test"); i < size; i++) {
        send(fd, buffer + i, 1, 0);
        ck_assert(i + 1 == size || !readable(fd, 5));
    }
    assert_answer(receive_framed(fd), LDNS_RCODE_NXDOMAIN, false, 0, NULL);
    size_t first = framed(buffer, "late.test"), second = framed(buffer + first, "none.test");
    send(fd, buffer, first + second, 0);
    assert_answer(receive_framed(fd), LDNS_RCODE_NXDOMAIN, false, 0, NULL);
    assert_answer(receive_framed(fd), LDNS_RCODE_NOERROR, false, 1, NULL);
    assert_log("tcp @1 big.test A\ntcp @1 none.test A\ntcp @1 late.test A\ntcp @1 none.test A\n");
    close(fd);
    stop();
}
END_TEST

START_TEST(hostile_connections_are_closed)
{
    start("late.test A delay=500ms 192.0.2.1\n");
    int fd = connected(SOCK_STREAM);
    send(fd,
         "\xff\xff"
         "too long",
         10, 0);
    assert_hangs_up(fd);
    assert_log("tcp @1 malformed\n");
    fd = connected(SOCK_STREAM);
    send(fd, "\0\3abc", 5, 0);
    assert_hangs_up(fd);
    assert_log("tcp @1 malformed\n");
    fd = connected(SOCK_STREAM);
    send(fd, "\0\0", 2, 0);
    assert_hangs_up(fd);
    assert_log("tcp @1 malformed\n");
    fd = connected(SOCK_STREAM);
    send(fd, "\0\40half", 6, 0);
    shutdown(fd, SHUT_WR);
    assert_hangs_up(fd);
    assert_log("tcp @1 malformed\n");
    fd = connected(SOCK_STREAM); /* gone before its answer comes */
    uint8_t buffer[512];
    send(fd, buffer, framed(buffer, "late.test"), 0);
    ck_assert(!readable(fd, 50));
    close(fd);
    fd = connected(SOCK_DGRAM);
    ck_assert(!readable(fd, 600));
    close(fd);
    assert_log("tcp @1 late.test A\n");
    stop();
}
END_TEST

START_TEST(connections_are_limited)
{
    start(NULL);
    int fds[70];
    for (int i = 0; i < 70; i++) {
        fds[i] = connected(SOCK_STREAM);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    assert_hangs_up(fds[69]);
    uint8_t buffer[512];
    send(fds[0], buffer, framed(buffer, "foo.test"), 0);
    assert_answer(receive_framed(fds[0]), LDNS_RCODE_NXDOMAIN, false, 0, NULL);
    stop(); /* with all of them open */
    for (int i = 0; i < 69; i++)
        close(fds[i]);
}
END_TEST

START_TEST(refuses_what_it_cannot_serve)
{
    struct error e = ERROR_INIT;
    uv_loop_t other;
    uv_loop_init(&other);
    ck_assert_ptr_null(dns_server_open(&other, 0, NULL, &e));
    ck_assert_str_eq(e.message, "no name servers for job slot 0: slots are 1 to 250");
    error_clear(&e);
    ck_assert_ptr_null(dns_server_open(&other, 1, "nonsense", &e));
    error_clear(&e);
    uv_loop_close(&other);

    start("@2 dead");
    ck_assert(!dns_server_listen(server, 10, false, &e));
    ck_assert_str_eq(e.message, "no name server @10: servers are @1 to @9");
    error_clear(&e);
    ck_assert(!dns_server_listen(server, 1, false, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "name server @1 cannot listen on 127.0.77.1 port "));
    error_clear(&e);
    ck_assert(dns_server_listen(server, 2, false, &e));
    ck_assert(dns_server_listen(server, 3, false, &e));
    ck_assert(dns_server_listen(server, 1, true, &e));
    stop();
    dns_server_close(NULL);
}
END_TEST

START_TEST(an_inherited_socket_does_not_keep_the_address)
{
    int hold[2];
    start("* * 192.0.2.1");
    ck_assert_int_eq(pipe(hold), 0);
    pid_t child = fork();
    if (child == 0) {
        char c;
        close(hold[1]);
        _exit(read(hold[0], &c, 1) == 0 ? 0 : 1);
    }
    close(hold[0]);
    unsigned before = port;
    stop();
    struct error e = ERROR_INIT;
    uv_loop_init(&loop);
    server = dns_server_open(&loop, SLOT, "* * 192.0.2.2", &e);
    dns_server_set_port(server, before);
    ck_assert_msg(dns_server_listen(server, 1, false, &e), "%s", e.message);
    for (int i = 0; i < 5; i++)
        assert_answer(ask("foo.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1,
                      "foo.test.\t60\tIN\tA\t192.0.2.2\n");
    uint8_t buffer[512];
    int fd = connected(SOCK_STREAM), status = 1;
    send(fd, buffer, framed(buffer, "foo.test"), 0);
    assert_answer(receive_framed(fd), LDNS_RCODE_NOERROR, false, 1,
                  "foo.test.\t60\tIN\tA\t192.0.2.2\n");
    close(fd);
    close(hold[1]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    stop();
}
END_TEST

START_TEST(a_server_without_listeners_closes)
{
    struct error e = ERROR_INIT;
    uv_loop_init(&loop);
    server = dns_server_open(&loop, 250, NULL, &e);
    ck_assert_ptr_nonnull(server);
    stop();
    char text[INET6_ADDRSTRLEN];
    dns_server_address(250, 9, false, text, sizeof text);
    ck_assert_str_eq(text, "127.0.250.9");
    dns_server_address(250, 9, true, text, sizeof text);
    ck_assert_str_eq(text, "fd00:706c::250:9");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dns");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 20);
    tcase_add_test(all, answers_as_the_script_says);
    tcase_add_test(all, aliases_come_first);
    tcase_add_test(all, long_answers_are_truncated);
    tcase_add_test(all, drops_and_delays);
    tcase_add_test(all, forged_answers_go_first);
    tcase_add_test(all, hostile_datagrams_are_counted_and_dropped);
    tcase_add_test(all, log_is_bounded);
    tcase_add_test(all, tcp_gives_whole_answers);
    tcase_add_test(all, hostile_connections_are_closed);
    tcase_add_test(all, connections_are_limited);
    tcase_add_test(all, refuses_what_it_cannot_serve);
    tcase_add_test(all, an_inherited_socket_does_not_keep_the_address);
    tcase_add_test(all, a_server_without_listeners_closes);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
