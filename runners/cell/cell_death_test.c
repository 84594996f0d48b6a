/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever dies, and however: of a cell nothing stays behind. */
#include "harness/base/text.h"
#include "runners/cell/test/driver.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

static char *read_all(const char *path)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    char bytes[4096];
    int fd = open(path, O_RDONLY);
    for (ssize_t n; fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0;)
        text_add_n(&t, bytes, (size_t)n);
    if (fd >= 0)
        close(fd);
    return text_take(&t);
}

/* Processes whose command line has that text. */
static int count_processes(const char *text)
{
    int count = 0;
    DIR *proc = opendir("/proc");
    if (!proc)
        ck_abort_msg("cannot read /proc");
    for (struct dirent *entry; (entry = readdir(proc));) {
        char path[300];
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        int fd = entry->d_name[0] >= '0' && entry->d_name[0] <= '9' ? open(path, O_RDONLY) : -1;
        char line[4096];
        ssize_t n = fd >= 0 ? read(fd, line, sizeof line) : -1;
        count += n > 0 && memmem(line, (size_t)n, text, strlen(text)) != NULL;
        if (fd >= 0)
            close(fd);
    }
    closedir(proc);
    return count;
}

/* Whether there are, or there are none, within five seconds: starting and dying take their time. */
static bool come_to(bool there, const char *text)
{
    for (int i = 0; i < 500; i++) {
        if ((count_processes(text) > 0) == there)
            return true;
        usleep(10000);
    }
    return false;
}

static bool gone(const char *text)
{
    return come_to(false, text);
}

#define SLEEPER "\"sleep\",\"86399123\""

static void assert_clean_host(void)
{
    char *mounts = read_all("/proc/self/mountinfo");
    ck_assert_uint_gt(strlen(mounts), 0);
    ck_assert_ptr_null(strstr(mounts, root));
    free(mounts);
    ck_assert_int_ne(access("/proc/sys/fs/binfmt_misc/plimsoll", F_OK), 0);
}

START_TEST(the_host_is_as_before)
{
    struct driver_run r =
        driver_run_root(root,
                        ACTOR(1, "\"daemon\"") ACTOR_WITH(2, "\"limit\":0.2", SLEEPER)
                            ACTOR(3, "\"cat\",\"/proc/self/mountinfo\""),
                        NULL, NULL);
    ck_assert_str_eq(driver_text(driver_end(&r, 2), "signal"), "SIGKILL");
    char *inside = driver_lines(&r, 3);
    ck_assert_ptr_nonnull(strstr(inside, " /tmp/plimsoll "));
    free(inside);
    driver_done(&r);
    ck_assert_msg(gone("86399123"), "jobs live on");
    ck_assert(gone(root));
    assert_clean_host();
}
END_TEST

/* As a harness that starts a cell with jobs, and sleeps. Tells the launcher's pid. */
_Noreturn static void be_harness(int tell)
{
    int in, out;
    char byte;
    const char *const arguments[] = {"--root", root, NULL};
    pid_t launcher = driver_start(arguments, driver_become_nobody, &in, &out);
    const char *jobs = ACTOR(1, SLEEPER) ACTOR(2, SLEEPER) ACTOR(3, "\"say\",\"x\"");
    bool started = write(in, jobs, strlen(jobs)) == (ssize_t)strlen(jobs);
    for (int newlines = 0; started && newlines < 3;)
        if (read(out, &byte, 1) == 1)
            newlines += byte == '\n';
        else
            started = false;
    if (!started || write(tell, &launcher, sizeof launcher) != (ssize_t)sizeof launcher)
        _exit(1);
    for (;;)
        pause();
}

/* The harness, the launcher, the cell's first process: whoever dies takes everything along. */
START_TEST(killed)
{
    int told[2];
    pid_t launcher, first = 0;
    ck_assert_int_eq(pipe(told), 0);
    pid_t harness = fork();
    if (harness == 0)
        be_harness(told[1]);
    close(told[1]);
    ck_assert_int_eq(read(told[0], &launcher, sizeof launcher), sizeof launcher);
    close(told[0]);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)launcher, (int)launcher);
    char *children = read_all(path);
    first = (pid_t)atoi(children);
    free(children);
    ck_assert_msg(come_to(true, "86399123"), "no job has started");
    pid_t victims[] = {harness, launcher, first};
    ck_assert_int_gt(victims[_i], 1);
    ck_assert_int_eq(kill(victims[_i], SIGKILL), 0);
    ck_assert_msg(gone("86399123"), "jobs live on");
    kill(harness, SIGKILL);
    waitpid(harness, NULL, 0);
    ck_assert_msg(gone(root), "the cell lives on");
    assert_clean_host();
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cell death");
    TCase *t = tcase_create("death");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, the_host_is_as_before);
    tcase_add_loop_test(t, killed, 0, 3);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
