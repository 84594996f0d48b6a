/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs in the built cell: what they find, how they end, and that none harms another. */
#include "harness/base/pool.h"
#include "runners/cell/test/driver.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *root;

static void set_up(void)
{
    root = driver_make_root();
}

static void tear_down(void)
{
    driver_remove_root(root);
}

static struct driver_run run(const char *input)
{
    struct driver_run r = driver_run((const char *const[]){"--root", root, NULL}, input, NULL);
    ck_assert_msg(driver_ready(&r) != NULL, "%s%s", json_dumps(r.events, 0), r.errors);
    ck_assert_int_eq(r.status, 0);
    return r;
}

static void assert_exit(const struct driver_run *r, int job, int code)
{
    json_t *end = driver_end(r, job);
    ck_assert_ptr_nonnull(end);
    ck_assert_msg(driver_number(end, "exit") == code, "%s", json_dumps(end, 0));
}

static void assert_signal(const struct driver_run *r, int job, const char *name, const char *flag)
{
    json_t *end = driver_end(r, job);
    ck_assert_ptr_nonnull(end);
    ck_assert_str_eq(driver_text(end, "signal"), name);
    ck_assert_msg(!flag || driver_flag(end, flag), "%s", json_dumps(end, 0));
    ck_assert(!driver_flag(end, "timeout") || (flag && strcmp(flag, "timeout") == 0));
}

START_TEST(clean_environment)
{
    struct driver_run r = run(ACTOR(1, "\"env\"") ACTOR_WITH(2, "\"env\":[\"TZ=UTC\"]", "\"env\"")
                                  ACTOR(3, "\"empty\",\"HOME\"") ACTOR(4, "\"empty\",\"TMPDIR\""));
    const char *base = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
                       "HOME=/tmp/plimsoll/home\nTMPDIR=/tmp/plimsoll/tmp\nPLIMSOLL_FIXTURE=3";
    char with[512];
    snprintf(with, sizeof with, "%s\nTZ=UTC", base);
    driver_assert_lines(&r, 1, base);
    driver_assert_lines(&r, 2, with);
    driver_assert_lines(&r, 3, "HOME has 0");
    driver_assert_lines(&r, 4, "TMPDIR has 0");
    driver_done(&r);
}
END_TEST

START_TEST(limits_and_rights)
{
    struct driver_run r = run(ACTOR(1, "\"identity\"") ACTOR(2, "\"mischief\""));
    driver_assert_lines(
        &r, 1,
        "uid=0 gid=0 groups=\nsession=own\numask=022\ndescriptors=4\nnew-privileges=no\n"
        "cwd=/\nCapEff=0000000000000000\nCapBnd=0000000000000000\n"
        "SigIgn=0000000000000000\nSigBlk=0000000000000000\n"
        "nproc=256\nnofile=1024\ncore=0\nstack=8388608");
    driver_assert_lines(&r, 2,
                        "setuid 0\nsetgroups 0\nchroot 0\ntrace the reaper 0\nread the reaper 0\n"
                        "reap the limits 0\ncrash handler 0\nreboot 0\nhostname 0\nmount namespace "
                        "0\ncgroup namespace 0");
    driver_done(&r);
}
END_TEST

/* Also where the probes are the host's root, to whom RLIMIT_NPROC does not apply. */
START_TEST(processes_are_limited)
{
    struct driver_run r = run(ACTOR(1, "\"forks\",\"1000\"") ACTOR(2, "\"forks\",\"200\"")
                                  ACTOR(3, "\"forks\",\"1000\""));
    if (!driver_degraded(&r, "processes")) {
        driver_assert_lines(&r, 1, "limited");
        driver_assert_lines(&r, 3, "limited");
    }
    driver_assert_lines(&r, 2, "without limit");
    driver_done(&r);
    r = driver_run_root(root, ACTOR(1, "\"forks\",\"1000\"") ACTOR(2, "\"forks\",\"200\""),
                        driver_become_nobody, NULL);
    driver_assert_lines(&r, 1, "limited");
    driver_assert_lines(&r, 2, "without limit");
    driver_done(&r);
}
END_TEST

START_TEST(how_it_ends)
{
    struct driver_run r = run(ACTOR(1, "\"say\",\"a\"") ACTOR(2, "\"signal\",\"11\"") ACTOR(
        3, "\"unknown\"") "{\"job\":4,\"argv\":[\"/none\"]}\n{\"job\":5,\"argv\":[\"/etc\"]}\n"
                          "{\"job\":6,\"argv\":[\"relative\"]}\n{\"job\":7,\"argv\":[\"/"
                          "actor\"],\"zone\":7}\n");
    driver_assert_lines(&r, 1, "a");
    assert_exit(&r, 1, 0);
    assert_signal(&r, 2, "SIGSEGV", NULL);
    assert_exit(&r, 3, 64);
    ck_assert_str_eq(driver_text(driver_end(&r, 4), "exec"), "ENOENT");
    ck_assert_str_eq(driver_text(driver_end(&r, 5), "exec"), "EACCES");
    ck_assert(strstr(driver_text(driver_end(&r, 6), "error"), "absolute") != NULL);
    ck_assert(strstr(driver_text(driver_end(&r, 7), "error"), "expected a text") != NULL);
    driver_done(&r);
}
END_TEST

START_TEST(output)
{
    struct driver_run r = run(ACTOR(1, "\"garbage\"") ACTOR(2, "\"long-line\""));
    driver_assert_lines(&r, 1, "\\xff\\xfe\\x01\\x09\"\\ \xc3\xa4 \\xed\\xa0\\x80\nlast");
    char *line = driver_lines(&r, 2);
    ck_assert_uint_eq(strlen(line), 8192);
    free(line);
    size_t i, partial = 0, cut = 0;
    json_t *event;
    json_array_foreach(r.events, i, event)
    {
        partial += driver_flag(event, "partial");
        cut += driver_flag(event, "cut");
    }
    ck_assert(partial == 1 && cut == 1);
    driver_done(&r);
}
END_TEST

/* All of them beside a job that must not notice. */
START_TEST(misbehaviour)
{
    struct driver_run r = run(
        ACTOR_WITH(1, "\"limit\":20", "\"lines\"") ACTOR_WITH(2, "\"limit\":20", "\"bytes\",\"1\"")
            ACTOR_WITH(3, "\"limit\":1", "\"bytes\",\"2\"") ACTOR_WITH(4, "\"limit\":1", "\"bomb\"")
                ACTOR(5, "\"kill-all\"") ACTOR(6, "\"close-all\"")
                    ACTOR_WITH(7, "\"limit\":1", "\"signal\",\"19\"")
                        ACTOR_WITH(8, "\"limit\":0.5", "\"run\",\"/actor\",\"sleep\",\"60000\"")
                            ACTOR(9, "\"run\",\"/actor\",\"sleep\",\"300\""));
    assert_signal(&r, 1, "SIGKILL", "flood");
    assert_signal(&r, 2, "SIGKILL", "flood");
    assert_signal(&r, 3, "SIGKILL", "timeout");
    ck_assert_uint_eq(strlen(driver_text(driver_end(&r, 3), "stderr")), 4 * 4096);
    assert_signal(&r, 4, "SIGKILL", "timeout");
    driver_assert_lines(&r, 5, "still here");
    assert_exit(&r, 5, 0);
    assert_exit(&r, 6, 7);
    assert_signal(&r, 7, "SIGKILL", "timeout");
    assert_signal(&r, 8, "SIGKILL", "timeout");
    driver_assert_lines(&r, 9, "child 0");
    size_t lines = 0, i;
    json_t *event;
    json_array_foreach(r.events, i, event) lines +=
        driver_number(event, "job") == 1 && strcmp(driver_text(event, "event"), "line") == 0;
    ck_assert_uint_eq(lines, 4096);
    driver_done(&r);
}
END_TEST

/* Waits for the events of a job's end on a cell that stays open. */
static void await_end(FILE *events, int job)
{
    char line[65536], wanted[64];
    snprintf(wanted, sizeof wanted, "{\"event\":\"end\",\"job\":%d,", job);
    while (fgets(line, sizeof line, events))
        if (strncmp(line, wanted, strlen(wanted)) == 0)
            return;
    ck_abort_msg("the cell ended before job %d", job);
}

static void say(int in, const char *text)
{
    ck_assert_int_eq(write(in, text, strlen(text)), (ssize_t)strlen(text));
}

START_TEST(nothing_is_left_for_the_next)
{
    int in, out, status;
    char line[4096];
    const char *const arguments[] = {"--root", root, NULL};
    pid_t cell = driver_start(arguments, NULL, &in, &out);
    FILE *events = fdopen(out, "r");
    if (!events)
        ck_abort_msg("no events");
    say(in, ACTOR(1, "\"daemon\""));
    await_end(events, 1);
    say(in, ACTOR(2, "\"leave\""));
    await_end(events, 2);
    say(in, ACTOR(3, "\"look\"") ACTOR(4, "\"empty\",\"HOME\"")
                ACTOR_WITH(5, "\"limit\":0.2", "\"run\",\"/actor\",\"daemon\""));
    await_end(events, 5);
    say(in, ACTOR(6, "\"log\",\"dgram\",\"kept\"") ACTOR(7, "\"look\""));
    close(in);
    int no_daemon = 0, home_empty = 0;
    while (fgets(line, sizeof line, events)) {
        no_daemon += strstr(line, "\"no daemon\"") != NULL;
        home_empty += strstr(line, "HOME has 0") != NULL;
        ck_assert(strstr(line, "daemon lives") == NULL);
    }
    fclose(events);
    waitpid(cell, &status, 0);
    ck_assert_int_eq(status, 0);
    ck_assert_int_ge(no_daemon, 1);
    ck_assert_int_le(home_empty, 1);
}
END_TEST

/* One slot, used again and again. */
START_TEST(one_after_the_other)
{
    int in, out, status;
    char job[128];
    const char *const arguments[] = {"--root", root, NULL};
    pid_t cell = driver_start(arguments, NULL, &in, &out);
    FILE *events = fdopen(out, "r");
    if (!events)
        ck_abort_msg("no events");
    static const char *const acts[] = {"\"leave\"", "\"empty\",\"HOME\"", "\"daemon\"", "\"look\"",
                                       "\"log\",\"dgram\",\"x\""};
    for (int i = 1; i <= 25; i++) {
        snprintf(job, sizeof job, "{\"job\":%d,\"argv\":[\"/actor\",%s]}\n", i, acts[i % 5]);
        say(in, job);
        await_end(events, i);
    }
    close(in);
    fclose(events);
    waitpid(cell, &status, 0);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(fixtures)
{
    struct driver_run r = run(
        ACTOR(1, "\"cat\",\"/etc/hosts\",\"/etc/hostname\"")
            ACTOR_WITH(2, "\"hosts\":\"192.0.2.1 x\\n\",\"nsswitch\":\"hosts: files\\n\"",
                       "\"cat\",\"/etc/hosts\",\"/etc/nsswitch.conf\"")
                ACTOR(3, "\"kind\",\"/etc/nsswitch.conf\",\"/dev/log\"")
                    ACTOR_WITH(4, "\"resolv_conf\":\"options x\\n\"",
                               "\"cat\",\"/etc/resolv.conf\"") ACTOR(5, "\"ask-dns\",\"foo\"")
                        ACTOR_WITH(6, "\"resolv_conf\":\"nameserver @2v6\\n\"",
                                   "\"ask-dns\",\"bar\"") ACTOR_WITH(7, "\"zone\":\"(\"", "\"env\"")
                            ACTOR(8, "\"touch\",\"/etc/hosts\",\"/dev/shm/x\",\"/tmp/y\""));
    driver_assert_lines(
        &r, 1, "127.0.0.1\\x09localhost\n::1\\x09localhost ip6-localhost ip6-loopback\nplimsoll");
    driver_assert_lines(&r, 2, "192.0.2.1 x\nhosts: files");
    driver_assert_lines(&r, 3, "/etc/nsswitch.conf: No such file or directory\n/dev/log: 140000");
    driver_assert_lines(&r, 4, "options x");
    driver_assert_lines(&r, 5, "rcode 3\n18 1 ok\nudp @1 foo A\n\n5 2 ok\n");
    if (!driver_degraded(&r, "ipv6"))
        driver_assert_lines(&r, 6, "rcode 3\n20 1 ok\nudp @2v6 bar A\n\n5 2 ok\n");
    ck_assert(strncmp(driver_text(driver_end(&r, 7), "error"), "zone", 4) == 0);
    driver_assert_lines(&r, 8, "/etc/hosts: Read-only file system\n/dev/shm/x: ok\n/tmp/y: ok");
    driver_done(&r);
}
END_TEST

#define EACH \
    "\"checks\":{\"a\":{\"resolv_conf\":\"nameserver @1\\n\",\"hosts\":\"192.0.2.1 a\\n\"}," \
    "\"b\":{\"zone\":\"(\"},\"c\":{\"resolv_conf\":\"nameserver @2v6\\n\"}}"

START_TEST(fixtures_of_checks)
{
    struct driver_run r =
        run(ACTOR_WITH(1, EACH, "\"take\",\"1 fixture a\",\"cat\",\"/etc/hosts\"")
                ACTOR_WITH(2, EACH, "\"take\",\"1 fixture a\",\"ask-dns\",\"foo\"")
                    ACTOR_WITH(3, EACH, "\"take\",\"1 fixture c\",\"ask-dns\",\"bar\"")
                        ACTOR_WITH(4, EACH, "\"take\",\"1 fixture\",\"cat\",\"/etc/hosts\"")
                            ACTOR_WITH(5, EACH, "\"cat\",\"/etc/hosts\",\"/etc/resolv.conf\"")
                                ACTOR_WITH(6, EACH, "\"take-many\",\"1 fixture a\""));
    driver_assert_lines(&r, 1, "192.0.2.1 a");
    driver_assert_lines(&r, 2, "rcode 3\n18 1 ok\nudp @1 foo A\n\n5 2 ok\n");
    if (!driver_degraded(&r, "ipv6"))
        driver_assert_lines(&r, 3, "rcode 3\n20 1 ok\nudp @2v6 bar A\n\n5 2 ok\n");
    driver_assert_lines(&r, 4,
                        "127.0.0.1\\x09localhost\n::1\\x09localhost ip6-localhost ip6-loopback");
    driver_assert_lines(&r, 5,
                        "/etc/hosts: No such file or directory\n"
                        "/etc/resolv.conf: No such file or directory");
    driver_assert_lines(&r, 6, "1 error more than 40 fixtures at a time\nagain");
    driver_done(&r);
}
END_TEST

START_TEST(fixtures_that_are_refused)
{
    struct driver_run r =
        run(ACTOR_WITH(1, EACH, "\"take\",\"1 fixture other\",\"env\"")
                ACTOR_WITH(2, EACH, "\"take\",\"1 fixture b\",\"env\"")
                    ACTOR(3, "\"take\",\"1 fixture a\",\"env\"")
                        ACTOR_WITH(4, EACH, "\"take\",\"1 fixture a\",\"ask\",\"2 fixture c\"")
                            ACTOR_WITH(5, EACH,
                                       "\"take\",\"1 fixture a\",\"touch\",\"/etc/hosts\","
                                       "\"/proc/self/fd/67\"")
                                ACTOR_WITH(6, "\"checks\":{\"a\":{\"hosts\":2}}", "\"env\""));
    driver_assert_lines(&r, 1, "1 error the job has no such check");
    CLEANUP_FREE char *zone = driver_lines(&r, 2);
    ck_assert_msg(strncmp(zone, "1 error zone: ", 14) == 0, "%s", zone);
    driver_assert_lines(&r, 3, "1 error the checks of this job have no fixtures of their own");
    driver_assert_lines(&r, 4, "60 2 error the checks of this job have no fixtures of their own");
    driver_assert_lines(&r, 5,
                        "/etc/hosts: Operation not permitted\n"
                        "/proc/self/fd/67: Operation not permitted");
    ck_assert(strncmp(driver_text(driver_end(&r, 6), "error"), "checks: hosts", 13) == 0);
    driver_done(&r);
}
END_TEST

START_TEST(log_socket)
{
    struct driver_run r = run(
        ACTOR(1, "\"log\",\"dgram\",\"hello\",\"you\"")
            ACTOR_WITH(2, "\"syslog\":\"stream\"", "\"log\",\"stream\",\"hello\",\"you\"")
                ACTOR_WITH(3, "\"syslog\":\"none\"", "\"log\",\"dgram\",\"hello\"")
                    ACTOR_WITH(4, "\"syslog\":\"none\"", "\"kind\",\"/dev/log\"")
                        ACTOR(5, "\"log\",\"stream\",\"hello\"") ACTOR(6, "\"ask\",\"1 syslog 50\"")
                            ACTOR(7, "\"ask\",\"x\",\"9 what\""));
    driver_assert_lines(&r, 1, "10 1 ok\nhello\n8 2 ok\nyou\n6 3 none");
    driver_assert_lines(&r, 2, "10 1 ok\nhello\n8 2 ok\nyou\n6 3 none");
    driver_assert_lines(&r, 3, "cannot connect: No such file or directory");
    driver_assert_lines(&r, 4, "/dev/log: No such file or directory");
    driver_assert_lines(&r, 5, "cannot connect: Protocol wrong type for socket");
    driver_assert_lines(&r, 6, "6 1 none");
    driver_assert_lines(&r, 7, "31 0 error expected a number first\n23 9 error no such request");
    driver_done(&r);
}
END_TEST

START_TEST(side_by_side)
{
    char input[32768];
    size_t n = 0;
    for (int i = 0; i < 300; i++)
        n += (size_t)snprintf(input + n, sizeof input - n,
                              "{\"job\":%d,\"argv\":[\"/actor\",\"sleep\",\"10\"]}\n", i);
    struct driver_run r = run(input);
    for (int i = 0; i < 300; i++)
        assert_exit(&r, i, 0);
    driver_done(&r);
}
END_TEST

static const char *const broken_inputs[] = {"{\n", "{\"argv\":[\"/actor\"]}\n", "[]\n",
                                            "{\"job\":1}"};

START_TEST(broken_input)
{
    const char *const arguments[] = {"--root", root, NULL};
    struct driver_run r = driver_run(arguments, broken_inputs[_i], NULL);
    json_t *last = json_array_get(r.events, json_array_size(r.events) - 1);
    ck_assert_str_eq(driver_text(last, "event"), "error");
    ck_assert_uint_gt(strlen(driver_text(last, "why")), 0);
    ck_assert(WIFEXITED(r.status) && WEXITSTATUS(r.status) == 3);
    driver_done(&r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cell jobs");
    TCase *t = tcase_create("jobs");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, clean_environment);
    tcase_add_test(t, limits_and_rights);
    tcase_add_test(t, processes_are_limited);
    tcase_add_test(t, how_it_ends);
    tcase_add_test(t, output);
    tcase_add_test(t, misbehaviour);
    tcase_add_test(t, nothing_is_left_for_the_next);
    tcase_add_test(t, one_after_the_other);
    tcase_add_test(t, fixtures);
    tcase_add_test(t, fixtures_of_checks);
    tcase_add_test(t, fixtures_that_are_refused);
    tcase_add_test(t, log_socket);
    tcase_add_test(t, side_by_side);
    tcase_add_loop_test(t, broken_input, 0, (int)(sizeof broken_inputs / sizeof *broken_inputs));
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
