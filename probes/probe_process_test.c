/* SPDX-License-Identifier: Apache-2.0 */
/* What a process does for its checks: a fixture for each, side by side those that wait, the warm-up
 * under an emulator. */
#include "probe_test.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

CHECK(good, .id = "fake.good", .says = "fine", .waits = true)
{
    observe("fine");
}

CHECK(twice, .id = "fake.twice", .says = "says two things")
{
    observe("one");
    observe("two");
}

CHECK(finds, .id = "fake.finds", .says = "finds what its fixture has")
{
    char files[2][16] = {"", ""}, text[16] = "";
    for (int i = 0; i < 2; i++)
        if (pread(67 + i, files[i], sizeof files[i] - 1, 0) < 0)
            broken("pread: %s", errno_name(errno));
    ask_fixture("dns-log", text, sizeof text);
    observe("%s %s %s", files[0], files[1], text);
}

static int meeting[2][2]; /* pipes between these two, who must run at the same time */

static void meet(int own)
{
    char byte;
    if (write(meeting[!own][1], "", 1) != 1 || read(meeting[own][0], &byte, 1) != 1)
        broken("nobody there");
    observe("met");
}

CHECK(meets_a, .id = "fake.meets-a", .says = "runs beside the other", .waits = true)
{
    meet(0);
}

CHECK(meets_b, .id = "fake.meets-b", .says = "runs beside the other", .waits = true)
{
    meet(1);
}

CHECK(waits_long, .id = "fake.waits-long", .says = "waits too long", .waits = true, .limit = 1)
{
    pause();
}

CHECK(empty, .id = "fake.empty", .says = "gets an answer without a fixture")
{
    observe("x");
}

CHECK(nonsense, .id = "fake.nonsense", .says = "gets nonsense")
{
    observe("x");
}

CHECK(dead, .id = "fake.dead", .says = "sees the fixture die")
{
    observe("x");
}

static int file_with(const char *text)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

static void send_fixture(int fd, unsigned number, const char *id)
{
    char text[32];
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    const int fds[] = {pair[1], file_with(id), file_with("hosts")};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof fds)];
    } descriptors = {0};
    struct iovec v = {text, (size_t)snprintf(text, sizeof text, "%u ok\n", number)};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &descriptors,
                       .msg_controllen = sizeof descriptors};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fds);
    memcpy(CMSG_DATA(c), fds, sizeof fds);
    ck_assert_int_gt(sendmsg(fd, &m, 0), 0);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    if (fork() != 0) {
        close(pair[0]);
        return;
    }
    close(fd);
    char request[64] = "";
    for (ssize_t n; (n = recv(pair[0], request, sizeof request - 1, 0)) > 0;) {
        n = snprintf(text, sizeof text, "%d ok\nown", atoi(request));
        send(pair[0], text, (size_t)n, 0);
    }
    _exit(0);
}

/* Gives a fixture to whoever asks, but for these. */
static const char *const refused[][2] = {{"fake.good", "error the job has no such check"},
                                         {"fake.empty", "ok\n"},
                                         {"fake.nonsense", "nonsense"}};

static void serve_each(int fd)
{
    char request[64] = "", id[64], text[96];
    unsigned number;
    while (recv(fd, request, sizeof request - 1, 0) > 0) {
        ck_assert_int_eq(sscanf(request, "%u fixture %63s", &number, id), 2);
        if (!strcmp(id, "fake.dead"))
            _exit(0); /* dead from now on */
        size_t i = 0;
        while (i < 3 && strcmp(refused[i][0], id) != 0)
            i++;
        if (i == 3) {
            send_fixture(fd, number, id);
        } else {
            int n = snprintf(text, sizeof text, "%u %s", number, refused[i][1]);
            send(fd, text, (size_t)n, 0);
        }
        memset(request, 0, sizeof request);
    }
    _exit(0);
}

static void start_fixtures(void)
{
    int pair[2];
    char number[16];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    if (fork() == 0) {
        close(pair[0]);
        serve_each(pair[1]);
    }
    close(pair[1]);
    snprintf(number, sizeof number, "%d", pair[0]);
    setenv("PLIMSOLL_FIXTURE", number, 1);
    setenv("PLIMSOLL_FIXTURE_EACH", "1", 1);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pipe(meeting[i]), 0);
}

START_TEST(each_check_finds_its_own)
{
    char *argv[] = {(char *)"probe",   (char *)"--check",    (char *)"fake.finds",
                    (char *)"--check", (char *)"fake.twice", NULL};
    start_fixtures();
    ck_assert_int_eq(call_main_with(printed, sizeof printed, 5, argv), 0);
    assert_line("fake.finds", "value", "fake.finds hosts own");
    assert_line("fake.twice", "error", "more than one observation");
}
END_TEST

START_TEST(a_fixture_may_fail)
{
    start_fixtures();
    assert_outcome("fake.good", "error", "the fixture says: error the job has no such check");
    assert_outcome("fake.empty", "error", "the fixture did not come");
    assert_outcome("fake.nonsense", "error", "the fixture says: nonsense");
    assert_outcome("fake.finds", "value", "fake.finds hosts own");
    assert_outcome("fake.dead", "error", "the fixture does not answer");
    assert_outcome("fake.finds", "error", "cannot ask the fixture: EPIPE");
    setenv("PLIMSOLL_FIXTURE", "x", 1);
    assert_outcome("fake.finds", "error", "cannot ask the fixture: EBADF");
}
END_TEST

START_TEST(those_that_wait_run_side_by_side)
{
    char *argv[] = {(char *)"probe",           (char *)"--check",      (char *)"fake.twice",
                    (char *)"--check",         (char *)"fake.meets-a", (char *)"--check",
                    (char *)"fake.waits-long", (char *)"--check",      (char *)"fake.meets-b",
                    (char *)"--check",         (char *)"fake.good",    NULL};
    start_fixtures();
    ck_assert_int_eq(call_main_with(printed, sizeof printed, 11, argv), 0);
    assert_line("fake.meets-a", "value", "met");
    assert_line("fake.meets-b", "value", "met");
    assert_line("fake.waits-long", "timeout", "1 s");
    assert_line("fake.good", "error", "the fixture says: error the job has no such check");
    const char *end = strstr(printed, "{\"check\":\"fake.twice\"");
    ck_assert_ptr_nonnull(end);
    ck_assert(end > strstr(printed, "fake.waits-long")); /* those that wait come first */
    ck_assert_ptr_nonnull(strstr(end, "\n{\"end\":{\"checks\":5}}\n"));
}
END_TEST

/* ---- the warm-up ---- */

static const char *warm_up_does = "nothing";

void warm_up(void)
{
    if (!strcmp(warm_up_does, "crash"))
        abort();
    if (!strcmp(warm_up_does, "skip"))
        skip("here");
    setenv("WARM", "1", 1);
}

CHECK(warm, .id = "fake.warm", .says = "was warmed up")
{
    observe("%s", getenv("WARM") ? "warm" : "cold");
}

static void assert_warm(const char *does, const char *state)
{
    char *argv[] = {(char *)"probe",   (char *)"--check",    (char *)"fake.warm",
                    (char *)"--check", (char *)"fake.twice", NULL};
    warm_up_does = does;
    ck_assert_int_eq(call_main_with(printed, sizeof printed, 5, argv), 0);
    assert_line("fake.warm", "value", state);
    assert_line("fake.twice", "error", "more than one observation");
}

START_TEST(an_emulated_probe_is_warmed_up)
{
    setenv("PLIMSOLL_EMULATION", "private", 1);
    assert_warm("nothing", "warm");
    assert_warm("crash", "cold");
    assert_warm("skip", "cold");
    ck_assert_int_eq(call_main(printed, sizeof printed, "--check", "fake.warm"), 0);
    assert_line("fake.warm", "value", "cold"); /* one alone is not worth it */
}
END_TEST

START_TEST(a_native_probe_is_not)
{
    setenv("PLIMSOLL_EMULATION", "none", 1);
    assert_warm("crash", "cold");
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    Suite *suite = suite_create("probe process");
    TCase *tests = tcase_create("process");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, each_check_finds_its_own);
    tcase_add_test(tests, a_fixture_may_fail);
    tcase_add_test(tests, those_that_wait_run_side_by_side);
    tcase_add_test(tests, an_emulated_probe_is_warmed_up);
    tcase_add_test(tests, a_native_probe_is_not);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
