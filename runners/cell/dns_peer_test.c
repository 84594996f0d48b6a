/* SPDX-License-Identifier: Apache-2.0 */
/* DNS over TCP. */
#include "runners/cell/dns_fixture.h"

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

/* Sends bytes over a connection of their own, which must be closed for them. */
static void send_refused(const void *bytes, size_t size)
{
    int fd = connected(SOCK_STREAM);
    ck_assert_int_eq(send(fd, bytes, size, 0), (ssize_t)size);
    assert_hangs_up(fd);
    assert_log("tcp @1 malformed\n");
}

START_TEST(hostile_connections_are_closed)
{
    start("late.test A delay=500ms 192.0.2.1\n");
    send_refused("\xff\xff", 2);
    send_refused("\0\3abc", 5);
    send_refused("\0\0", 2);
    int fd = connected(SOCK_STREAM);
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

int main(void)
{
    Suite *suite = suite_create("dns over tcp");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 20);
    tcase_add_test(all, tcp_gives_whole_answers);
    tcase_add_test(all, hostile_connections_are_closed);
    tcase_add_test(all, connections_are_limited);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
