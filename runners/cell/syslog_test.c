/* SPDX-License-Identifier: Apache-2.0 */
/* The sink behind /dev/log: records as they were sent, and senders that misbehave. */
#include "harness/base/pool.h"
#include "runners/cell/syslog.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[64];
static int fd;
static uv_loop_t loop;
static int arrivals;

static void arrived(void *data)
{
    ++*(int *)data;
}

static void set_up(void)
{
    strcpy(directory, "/tmp/plimsoll-syslog-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    fd = open(directory, O_RDONLY | O_DIRECTORY);
    uv_loop_init(&loop);
    arrivals = 0;
}

static void tear_down(void)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
    unlinkat(fd, "log", 0);
    close(fd);
    rmdir(directory);
}

static struct syslog_sink *open_sink(enum syslog_kind kind)
{
    struct error e = ERROR_INIT;
    struct syslog_sink *s = syslog_open(&loop, kind, fd, arrived, &arrivals, &e);
    ck_assert_msg(s != NULL, "%s", e.message);
    return s;
}

/* Connected, or not for want of a socket of that type. */
static bool try_client(int type, int *ret)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strcpy(a.sun_path, directory);
    strcat(a.sun_path, "/log");
    *ret = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);
    if (*ret < 0)
        ck_abort_msg("no socket");
    return connect(*ret, (struct sockaddr *)&a, sizeof a) == 0;
}

static int client(int type)
{
    int c;
    if (!try_client(type, &c))
        ck_abort_msg("cannot connect");
    return c;
}

static void assert_record(struct syslog_sink *s, const char *expected, size_t length)
{
    size_t n;
    char *record = syslog_take(s, &n);
    ck_assert_ptr_nonnull(record);
    ck_assert_uint_eq(n, length);
    ck_assert_mem_eq(record, expected, length);
    free(record);
}

static void assert_none(struct syslog_sink *s)
{
    size_t n;
    ck_assert_ptr_null(syslog_take(s, &n));
}

START_TEST(datagrams)
{
    struct syslog_sink *s = open_sink(SYSLOG_DGRAM);
    struct stat st;
    ck_assert(fstatat(fd, "log", &st, 0) == 0 && S_ISSOCK(st.st_mode));
    ck_assert_int_eq(st.st_mode & 0777, 0666);
    int c = client(SOCK_DGRAM);
    assert_none(s);
    ck_assert_int_eq(send(c, "a\0b\n", 4, 0), 4);
    ck_assert_int_eq(send(c, "", 0, 0), 0);
    assert_record(s, "a\0b\n", 4); /* read at once, without a turn of the loop */
    uv_run(&loop, UV_RUN_NOWAIT);
    ck_assert_int_eq(arrivals, 1);
    assert_record(s, "", 0);
    assert_none(s);
    int other;
    ck_assert(!try_client(SOCK_STREAM, &other));
    close(other);
    close(c);
    syslog_close(s);
}
END_TEST

START_TEST(streams)
{
    struct syslog_sink *s = open_sink(SYSLOG_STREAM);
    int a = client(SOCK_STREAM), b = client(SOCK_STREAM);
    ck_assert_int_eq(send(a, "one\0two\0thr", 11, 0), 11);
    for (int i = 0; i < 4; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_record(s, "one", 3);
    assert_record(s, "two", 3);
    assert_none(s);
    ck_assert_int_eq(send(b, "other", 5, 0), 5);
    close(b);
    ck_assert_int_eq(send(a, "ee\0", 3, 0), 3);
    for (int i = 0; i < 4; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    size_t n;
    char *first = syslog_take(s, &n), *second = syslog_take(s, &n);
    ck_assert(first && second);
    ck_assert(strcmp(first, "three") == 0 || strcmp(second, "three") == 0);
    ck_assert(strcmp(first, "other") == 0 || strcmp(second, "other") == 0);
    free(first);
    free(second);
    close(a);
    syslog_close(s);
}
END_TEST

START_TEST(a_stream_without_end)
{
    struct syslog_sink *s = open_sink(SYSLOG_STREAM);
    static char bytes[4096];
    memset(bytes, 'x', sizeof bytes);
    int c = client(SOCK_STREAM);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(send(c, bytes, sizeof bytes, 0), sizeof bytes);
        uv_run(&loop, UV_RUN_NOWAIT);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    size_t n;
    char *record = syslog_take(s, &n);
    ck_assert_ptr_nonnull(record);
    ck_assert_uint_eq(n, SYSLOG_RECORD_MAX);
    free(record);
    close(c);
    syslog_close(s);
}
END_TEST

/* A flood makes the sender wait; nothing is lost and nothing grows. */
START_TEST(a_flood)
{
    struct syslog_sink *s = open_sink(SYSLOG_DGRAM);
    int c = client(SOCK_DGRAM), sent = 0;
    for (int idle = 0; idle < 3; idle++)
        for (; send(c, "x", 1, 0) == 1; idle = 0) {
            ck_assert_int_lt(++sent, 2000);
            uv_run(&loop, UV_RUN_NOWAIT);
        }
    ck_assert_int_ge(sent, 256);
    for (int i = 0; i < 256; i++)
        assert_record(s, "x", 1);
    for (int i = 256; i < sent; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        assert_record(s, "x", 1);
    }
    assert_none(s);
    ck_assert_int_eq(send(c, "y", 1, 0), 1);
    syslog_reset(s);
    assert_none(s);
    close(c);
    syslog_close(s);
}
END_TEST

START_TEST(many_connections)
{
    struct syslog_sink *s = open_sink(SYSLOG_STREAM);
    int clients[24];
    for (int i = 0; i < 24; i++) {
        clients[i] = client(SOCK_STREAM);
        for (int k = 0; k < 3; k++)
            uv_run(&loop, UV_RUN_NOWAIT);
    }
    ck_assert_int_eq(send(clients[0], "a\0", 2, MSG_NOSIGNAL), 2);
    ck_assert_int_lt(send(clients[23], "b\0", 2, MSG_NOSIGNAL), 0); /* was turned away */
    syslog_reset(s);
    ck_assert_int_lt(send(clients[0], "a\0", 2, MSG_NOSIGNAL), 0);
    int again = client(SOCK_STREAM);
    ck_assert_int_eq(send(again, "c\0", 2, 0), 2);
    assert_record(s, "c", 1);
    for (int i = 0; i < 24; i++)
        close(clients[i]);
    close(again);
    syslog_close(s);
}
END_TEST

START_TEST(kinds)
{
    enum syslog_kind k;
    ck_assert(syslog_kind_parse("stream", &k) && k == SYSLOG_STREAM);
    ck_assert(syslog_kind_parse("none", &k) && k == SYSLOG_NONE);
    ck_assert(!syslog_kind_parse("", &k));
    syslog_close(NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("syslog");
    TCase *t = tcase_create("syslog");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, datagrams);
    tcase_add_test(t, streams);
    tcase_add_test(t, a_stream_without_end);
    tcase_add_test(t, a_flood);
    tcase_add_test(t, many_connections);
    tcase_add_test(t, kinds);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
