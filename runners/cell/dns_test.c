/* SPDX-License-Identifier: Apache-2.0 */
/* The servers: what they answer over UDP, what they log, how they begin and end. */
#include "harness/base/pool.h"
#include "runners/cell/dns_fixture.h"

#include <sys/wait.h>

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

/* ldns would end the cell over such a name. */
START_TEST(names_too_long_for_the_rule_get_no_answer)
{
    static const char label[] = "123456789012345678901234567890123456789012345678901234567890123";
    CLEANUP_FREE char *name = must_printf("%s.%s.%s.%.61s", label, label, label, label);
    start("ok.test A 192.0.2.1\n* A chain=2 192.0.2.1\n* TXT nodata\n");
    uint8_t buffer[512];
    int fd = connected(SOCK_DGRAM);
    size_t size = query(buffer, name, LDNS_RR_TYPE_A, 0);
    send(fd, buffer, size, 0);
    assert_answer(ask("ok.test", LDNS_RR_TYPE_A, 0), LDNS_RCODE_NOERROR, false, 1, NULL);
    ck_assert_int_lt(recv(fd, buffer, sizeof buffer, MSG_DONTWAIT), 0);
    close(fd);
    assert_answer(ask(name, LDNS_RR_TYPE_TXT, 0), LDNS_RCODE_NOERROR, false, 0, NULL);
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
    send_hostile(bad, 12); /* no question */
    memcpy(bad, good, size);
    send_hostile(bad, sizeof bad); /* longer than any query, however it begins */

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

START_TEST(refuses_what_it_cannot_serve)
{
    struct error e = ERROR_INIT;
    uv_loop_t other;
    uv_loop_init(&other);
    ck_assert_ptr_null(dns_server_open(&other, (struct dns_place){0, 0}, NULL, &e));
    ck_assert_str_eq(e.message, "no name servers for part 0 of job slot 0: slots are 1 to 250");
    error_clear(&e);
    ck_assert_ptr_null(dns_server_open(&other, (struct dns_place){1, 251}, NULL, &e));
    error_clear(&e);
    ck_assert_ptr_null(dns_server_open(&other, HERE, "nonsense", &e));
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
    server = dns_server_open(&loop, HERE, "* * 192.0.2.2", &e);
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
    const struct dns_place last = {.slot = 250}, part = {.slot = 250, .part = 9};
    server = dns_server_open(&loop, last, NULL, &e);
    ck_assert_ptr_nonnull(server);
    stop();
    char text[INET6_ADDRSTRLEN];
    dns_server_address(last, 9, false, text, sizeof text);
    ck_assert_str_eq(text, "127.0.250.9");
    dns_server_address(last, 9, true, text, sizeof text);
    ck_assert_str_eq(text, "fd00:706c::250:9");
    dns_server_address(part, 1, false, text, sizeof text);
    ck_assert_str_eq(text, "127.9.250.1");
    dns_server_address(part, 1, true, text, sizeof text);
    ck_assert_str_eq(text, "fd00:706c::9:250:1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dns");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 20);
    tcase_add_test(all, answers_as_the_script_says);
    tcase_add_test(all, aliases_come_first);
    tcase_add_test(all, names_too_long_for_the_rule_get_no_answer);
    tcase_add_test(all, long_answers_are_truncated);
    tcase_add_test(all, drops_and_delays);
    tcase_add_test(all, forged_answers_go_first);
    tcase_add_test(all, hostile_datagrams_are_counted_and_dropped);
    tcase_add_test(all, log_is_bounded);
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
