/* SPDX-License-Identifier: Apache-2.0 */
/* The framework, with checks that do all that a check can do wrong. */
#include "probe_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

CHECK(good, .id = "fake.good", .says = "says \"so\"\n\tand more", .why = "why", .zone = "a\nb\n",
      .limit = 7, .waits = true)
{
    observe("%s %d", "fine", 42);
}

CHECK(crash, .id = "fake.crash", .says = "aborts")
{
    observe("too early");
    abort();
}

CHECK(hang, .id = "fake.hang", .says = "hangs, with a child that hangs", .limit = 1)
{
    if (fork() == 0)
        for (;;)
            pause();
    for (;;)
        pause();
}

CHECK(stop, .id = "fake.stop", .says = "stops itself", .limit = 1)
{
    raise(SIGSTOP);
}

CHECK(nothing, .id = "fake.nothing", .says = "says nothing")
{
}

CHECK(leave, .id = "fake.leave", .says = "leaves")
{
    exit(3);
}

CHECK(late_leave, .id = "fake.late-leave", .says = "leaves after its observation")
{
    observe("x");
    exit(4);
}

CHECK(twice, .id = "fake.twice", .says = "says two things")
{
    observe("one");
    observe("two");
}

CHECK(often, .id = "fake.often", .says = "says more than the pipe holds")
{
    for (int i = 0; i < 1000; i++)
        observe("%0500d", i);
}

CHECK(longest, .id = "fake.long", .says = "says too much")
{
    char text[5000];
    memset(text, 'x', sizeof text);
    observe("%.*s", (int)sizeof text, text);
}

CHECK(exact, .id = "fake.exact", .says = "says just enough")
{
    char text[1024];
    memset(text, 'x', sizeof text);
    observe("%.*s", (int)sizeof text, text);
}

CHECK(garbage, .id = "fake.garbage", .says = "says what cannot be printed")
{
    observe("a\nb\tc\x1b[31m\xff\"\\");
}

CHECK(stdout_garbage, .id = "fake.stdout", .says = "writes to stdout and stderr")
{
    printf("{\"check\":\"forged\"}\n");
    fflush(stdout);
    fprintf(stderr, "garbage\n");
    observe("x");
}

CHECK(skipped, .id = "fake.skip", .says = "does not apply")
{
    skip("because of %s", "that");
}

CHECK(broke, .id = "fake.broken", .says = "cannot")
{
    broken("no %s", "luck");
}

CHECK(scratch, .id = "fake.scratch", .says = "litters")
{
    char cwd[512];
    const char *home = getenv("HOME"), *tmp = getenv("TMPDIR");
    mkdir("a", 0700);
    mkdir("a/b", 0700);
    write_file("a/b/c", "x", 0600);
    write_file("script", "#!/bin/sh\nexit 9\n", 0755);
    bool same = getcwd(cwd, sizeof cwd) && !strcmp(cwd, home) && !strcmp(cwd, tmp);
    observe("%s %o", same ? "one place" : "elsewhere", access("script", X_OK) ? 1u : 0u);
    chmod("a", 0);
}

CHECK(left_behind, .id = "fake.left-behind", .says = "leaves a child behind")
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    char text[32];
    snprintf(text, sizeof text, "%d", (int)pid);
    observe("%s", text);
}

START_TEST(every_end_is_an_outcome)
{
    assert_outcome("fake.good", "value", "fine 42");
    assert_outcome("fake.crash", "crash", "SIGABRT");
    assert_outcome("fake.nothing", "error", "exit 0 without an observation");
    assert_outcome("fake.leave", "error", "exit 3 without an observation");
    assert_outcome("fake.late-leave", "error", "exit 4 after its observation");
    assert_outcome("fake.twice", "error", "more than one observation");
    assert_outcome("fake.skip", "skip", "because of that");
    assert_outcome("fake.broken", "error", "no luck");
    assert_outcome("fake.stdout", "value", "x");
    ck_assert_str_eq(run_named("fake.often").status, "error");
}
END_TEST

START_TEST(a_hang_costs_its_limit)
{
    double start = now_seconds();
    assert_outcome("fake.hang", "timeout", "1 s");
    assert_outcome("fake.stop", "timeout", "1 s");
    ck_assert_double_lt(now_seconds() - start, 8);
}
END_TEST

START_TEST(values_are_one_printable_line)
{
    assert_outcome("fake.garbage", "value", "a\\x0Ab\\x09c\\x1B[31m\\xFF\"\\");
    struct outcome o = run_named("fake.long");
    ck_assert_uint_eq(strlen(o.value), 1024);
    ck_assert_str_eq(o.value + 1020, "x...");
    o = run_named("fake.exact");
    ck_assert_uint_eq(strspn(o.value, "x"), 1024);
}
END_TEST

/* The letter of /proc/PID/stat; 'Z' also when there is no such process any more. */
static char state_of(pid_t pid)
{
    char path[64], state = 'Z';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%*d %*s %c", &state) != 1)
        state = 'Z';
    if (f)
        fclose(f);
    return state;
}

START_TEST(nothing_is_left)
{
    char top[] = "/tmp/probe-test.XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(top));
    setenv("TMPDIR", top, 1);
    assert_outcome("fake.scratch", "value", "one place 0");
    pid_t left = (pid_t)atoi(run_named("fake.left-behind").value);
    ck_assert_int_gt(left, 1);
    ck_assert_int_eq(rmdir(top), 0); /* empty again */
    assert_outcome("fake.good", "error", "no scratch directory: ENOENT");
    char state = state_of(left);
    for (double start = now_seconds(); state != 'Z' && now_seconds() - start < 5;) {
        usleep(10000); /* killed, but it has to notice */
        state = state_of(left);
    }
    ck_assert_int_eq(state, 'Z');
}
END_TEST

static char again[65536];

START_TEST(the_list_is_json)
{
    static const char good[] =
        ",{\"id\":\"fake.good\",\"area\":\"fake\",\"says\":\"says \\\"so\\\"\\n\\u0009and more\","
        "\"why\":\"why\",\"help\":null,\"refs\":null,\"needs\":null,\"resolv_conf\":null,"
        "\"hosts\":null,\"nsswitch\":null,\"zone\":\"a\\nb\\n\",\"environment\":null,"
        "\"syslog\":null,\"limit\":7,\"waits\":true}\n";
    ck_assert_int_eq(call_main(printed, sizeof printed, "--list", NULL), 0);
    ck_assert_ptr_nonnull(strstr(printed, good));
    ck_assert_str_eq(printed + strlen(printed) - 4, "}\n]\n");
    char *rest = printed, *line, before[64] = "";
    ptrdiff_t count = 0;
    while ((line = strsep(&rest, "\n")) && strcmp(line, "]") != 0) {
        char id[64];
        ck_assert_int_eq(*line, count++ ? ',' : '[');
        ck_assert_int_eq(sscanf(line + 1, "{\"id\":\"%63[^\"]\",\"area\":\"fake\"", id), 1);
        ck_assert_str_lt(before, id);
        strcpy(before, id);
    }
    ck_assert_int_eq(count, __stop_plimsoll_checks - __start_plimsoll_checks);
}
END_TEST

START_TEST(lines_are_json_and_the_same_twice)
{
    ck_assert_int_eq(call_main(printed, sizeof printed, "--check", "fake.garbage"), 0);
    ck_assert_int_eq(call_main(again, sizeof again, "--check", "fake.garbage"), 0);
    ck_assert_str_eq(printed, again);
    char *rest = printed;
    const char *hello = strsep(&rest, "\n");
    ck_assert_ptr_eq(strstr(hello, "{\"hello\":{\"probe\":1,\"area\":\"fake\","), hello);
    ck_assert_str_eq(hello + strlen(hello) - 13, ",\"checks\":1}}");
    ck_assert_str_eq(rest, "{\"check\":\"fake.garbage\",\"status\":\"value\","
                           "\"value\":\"a\\\\x0Ab\\\\x09c\\\\x1B[31m\\\\xFF\\\"\\\\\"}\n"
                           "{\"end\":{\"checks\":1}}\n");
}
END_TEST

START_TEST(bad_usage_is_told)
{
    ck_assert_int_eq(call_main(printed, sizeof printed, "--check", "fake.unknown"), 2);
    ck_assert_str_eq(printed, "");
    ck_assert_int_eq(call_main(printed, sizeof printed, "--chekc", "fake.good"), 2);
    ck_assert_int_eq(call_main(printed, sizeof printed, "--check", NULL), 2);
    ck_assert_str_eq(printed, "");
}
END_TEST

static void write_long(int out, void *data)
{
    (void)data;
    for (int i = 0; i < 20000; i++)
        dprintf(out, "0123456789");
    raise(SIGUSR1);
}

static void sleep_on(int out, void *data)
{
    (void)out;
    (void)data;
    pause();
}

static void write_pieces(void *data)
{
    (void)data;
    dprintf(1, "abc");
    dprintf(2, "ERR");
    dprintf(2, "qemu: uncaught target signal 6 (Aborted) - core dumped\n");
    dprintf(1, "de");
    exit(5);
}

START_TEST(children_are_told_apart)
{
    char text[16], sizes[32];
    ck_assert_str_eq(in_child(write_long, NULL, text, sizeof text), "SIGUSR1");
    ck_assert_str_eq(text, "012345678901234");
    child_limit = 0.2;
    ck_assert_str_eq(in_child(sleep_on, NULL, NULL, 0), "timeout");
    child_limit = 5;
    ck_assert_str_eq(in_child_writes(1, write_pieces, NULL, sizes, sizeof sizes, text, sizeof text),
                     "exit 5");
    ck_assert_str_eq(sizes, "[3][2]");
    ck_assert_str_eq(text, "abcde");
    in_child_writes(2, write_pieces, NULL, sizes, sizeof sizes, text, sizeof text);
    ck_assert_str_eq(sizes, "[3]");
    ck_assert_str_eq(text, "ERR");
    char *argv[] = {(char[]){"none"}, NULL}, *envp[] = {NULL};
    ck_assert_str_eq(exec_in_child("/nowhere", argv, envp, NULL, 0), "ENOENT");
}
END_TEST

static int fixture_end;

CHECK(asks, .id = "fake.asks", .says = "asks the fixture")
{
    char text[16] = "";
    ssize_t first = ask_fixture("dns-log", text, sizeof text);
    ssize_t second = ask_fixture("syslog 5", text + 8, 8);
    observe("%d %s, %d", (int)first, text, (int)second);
}

/* Answers the check's two questions, with a late answer to an older one before. */
static void serve(int fd)
{
    char request[64] = "";
    unsigned number = 0;
    send(fd, "1 ok\nstale", 10, 0);
    ck_assert_int_gt(recv(fd, request, sizeof request - 1, 0), 0);
    ck_assert_int_eq(sscanf(request, "%u dns-log", &number), 1);
    ck_assert_uint_gt(number, 1);
    char reply[64];
    int n = snprintf(reply, sizeof reply, "%u ok\nq1", number);
    send(fd, reply, (size_t)n, 0);
    ck_assert_int_gt(recv(fd, request, sizeof request - 1, 0), 0);
    n = snprintf(reply, sizeof reply, "%u none", number + 1);
    send(fd, reply, (size_t)n, 0);
}

START_TEST(the_fixture_is_asked)
{
    unsetenv("PLIMSOLL_FIXTURE");
    assert_outcome("fake.asks", "skip", "no fixture in this cell");
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    fixture_end = pair[1];
    char number[16];
    snprintf(number, sizeof number, "%d", pair[0]);
    setenv("PLIMSOLL_FIXTURE", number, 1);
    fixture_sequence = 1001;
    pid_t server = fork();
    if (server == 0) {
        serve(fixture_end);
        _exit(0);
    }
    assert_outcome("fake.asks", "value", "2 q1, -1");
    waitpid(server, NULL, 0);
    close(pair[1]);
    assert_outcome("fake.asks", "error", "cannot ask the fixture: EPIPE");
    unsetenv("PLIMSOLL_FIXTURE");
}
END_TEST

START_TEST(names_are_symbols)
{
    ck_assert_str_eq(errno_name(0), "0");
    ck_assert_str_eq(errno_name(ENOENT), "ENOENT");
    ck_assert_str_eq(errno_name(4000), "errno 4000");
    ck_assert_str_eq(signal_name(SIGSEGV), "SIGSEGV");
    ck_assert_str_eq(signal_name(SIGRTMIN + 1), "SIGRTMIN+1");
    ck_assert_str_eq(eai_name(0), "ok");
    ck_assert_str_eq(eai_name(-5), "EAI_NODATA");
    ck_assert_str_eq(eai_name(-77), "EAI -77");
    ck_assert_ptr_nonnull(optional_symbol("getpid"));
    ck_assert_ptr_null(optional_symbol("no_such_symbol"));
}
END_TEST

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    Suite *suite = suite_create("probe");
    TCase *tests = tcase_create("framework");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_end_is_an_outcome);
    tcase_add_test(tests, a_hang_costs_its_limit);
    tcase_add_test(tests, values_are_one_printable_line);
    tcase_add_test(tests, nothing_is_left);
    tcase_add_test(tests, the_list_is_json);
    tcase_add_test(tests, lines_are_json_and_the_same_twice);
    tcase_add_test(tests, bad_usage_is_told);
    tcase_add_test(tests, children_are_told_apart);
    tcase_add_test(tests, the_fixture_is_asked);
    tcase_add_test(tests, names_are_symbols);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
