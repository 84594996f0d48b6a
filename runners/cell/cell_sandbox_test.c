/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox of the built cell: roots of all kinds, with and without privileges, and outer
 * containers that refuse things. */
#include "runners/cell/test/driver.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
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

static int open_root(void)
{
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        ck_abort_msg("cannot open the root");
    return dir;
}

/* ---- roots ---- */

static const char *const modes[] = {"overlay", "synthetic"};

/* With and without privileges, for both modes. */
static struct driver_run run_mode(int i, const char *input)
{
    struct driver_run r = driver_run_root(root, input, i & 1 ? driver_become_nobody : NULL,
                                          EXTRA("--root-mode", modes[i >> 1], "--hostname", "h"));
    ck_assert_str_eq(driver_text(driver_ready(&r), "root"), modes[i >> 1]);
    ck_assert_int_eq(r.status, 0);
    return r;
}

START_TEST(a_bare_root)
{
    int dir = open_root();
    ck_assert_int_eq(unlinkat(dir, "etc", AT_REMOVEDIR), 0);
    close(dir);
    struct driver_run r =
        run_mode(_i, ACTOR(1, "\"kind\",\"/dev/null\",\"/proc/self\",\"/sys/class\",\"/tmp\"")
                         ACTOR(2, "\"cat\",\"/etc/hostname\"")
                             ACTOR(3, "\"touch\",\"/tmp/x\",\"/dev/shm/x\",\"/dev/null\""));
    driver_assert_lines(&r, 1,
                        "/dev/null: 20000\n/proc/self: 120000\n/sys/class: 40000\n/tmp: 40000");
    driver_assert_lines(&r, 2, "h");
    driver_assert_lines(&r, 3, "/tmp/x: ok\n/dev/shm/x: ok\n/dev/null: ok");
    driver_done(&r);
    dir = open_root();
    struct stat st;
    ck_assert_int_ne(fstatat(dir, "etc", &st, 0), 0);
    ck_assert_int_ne(fstatat(dir, "tmp", &st, 0), 0);
    close(dir);
}
END_TEST

START_TEST(hostile_links)
{
    int dir = open_root();
    char outside[] = "/tmp/plimsoll-outside.XXXXXX", out[64], here[64];
    ck_assert_ptr_nonnull(mkdtemp(outside));
    chmod(outside, 0777);
    snprintf(out, sizeof out, "../../..%s", outside);
    ck_assert_int_eq(symlinkat(outside, dir, "tmp"), 0);
    ck_assert_int_eq(symlinkat(out, dir, "dev"), 0);
    ck_assert_int_eq(symlinkat("/proc/self/root", dir, "sys"), 0);
    ck_assert_int_eq(symlinkat("proc", dir, "proc"), 0);
    snprintf(here, sizeof here, "%s/x", outside);
    ck_assert_int_eq(symlinkat(here, dir, "etc/resolv.conf"), 0);
    ck_assert_int_eq(symlinkat("../../../etc/passwd", dir, "etc/hosts"), 0);
    close(dir);
    struct driver_run r =
        run_mode(_i, ACTOR(1, "\"cat\",\"/etc/resolv.conf\"") ACTOR(2, "\"empty\",\"HOME\"")
                         ACTOR(3, "\"kind\",\"/dev/null\",\"/proc/self\""));
    char *lines = driver_lines(&r, 1);
    ck_assert_msg(strncmp(lines, "nameserver 127.0.", 17) == 0, "%s", lines);
    free(lines);
    driver_assert_lines(&r, 2, "HOME has 0");
    driver_assert_lines(&r, 3, "/dev/null: 20000\n/proc/self: 120000");
    driver_done(&r);
    ck_assert_int_eq(rmdir(outside), 0); /* still empty */
}
END_TEST

START_TEST(etc_elsewhere)
{
    int dir = open_root();
    ck_assert_int_eq(unlinkat(dir, "etc", AT_REMOVEDIR), 0);
    mkdirat(dir, "usr", 0755);
    mkdirat(dir, "usr/etc", 0755);
    ck_assert_int_eq(symlinkat("usr/etc", dir, "etc"), 0);
    int file = openat(dir, "usr/etc/own", O_CREAT | O_WRONLY, 0644);
    ck_assert_int_eq(write(file, "own\n", 4), 4);
    close(file);
    close(dir);
    struct driver_run r = run_mode(_i, ACTOR(1, "\"cat\",\"/etc/own\",\"/etc/hostname\""));
    driver_assert_lines(&r, 1, "own\nh");
    driver_done(&r);
}
END_TEST

START_TEST(binds)
{
    char bind[256], nested[256];
    snprintf(bind, sizeof bind, "%s/actor:/.plimsoll/probes/actor", root);
    snprintf(nested, sizeof nested, "%s/etc:/.plimsoll/etc", root);
    struct driver_run r =
        driver_run_root(root,
                        "{\"job\":1,\"argv\":[\"/.plimsoll/probes/actor\",\"touch\","
                        "\"/.plimsoll/etc/x\",\"/.plimsoll/probes/actor\"]}\n",
                        _i & 1 ? driver_become_nobody : NULL,
                        EXTRA("--bind", bind, "--bind", nested, "--root-mode", modes[_i >> 1]));
    driver_assert_lines(&r, 1,
                        "/.plimsoll/etc/x: Read-only file system\n"
                        "/.plimsoll/probes/actor: Read-only file system");
    driver_done(&r);
    r = driver_run_root(root, "", NULL, EXTRA("--bind", "/no/such/source:/x"));
    json_t *event = json_array_get(r.events, 0);
    ck_assert(strstr(driver_text(event, "why"), "/no/such/source") != NULL);
    ck_assert_int_eq(WEXITSTATUS(r.status), 3);
    driver_done(&r);
}
END_TEST

START_TEST(no_root)
{
    struct driver_run r = driver_run(EXTRA("--root", "/no/such/root"), "", NULL);
    json_t *event = json_array_get(r.events, 0);
    ck_assert_str_eq(driver_text(event, "event"), "error");
    ck_assert(strstr(driver_text(event, "why"), "/no/such/root") != NULL);
    ck_assert_int_eq(WEXITSTATUS(r.status), 3);
    driver_done(&r);
    r = driver_run(EXTRA("--rot"), "", NULL);
    ck_assert_int_eq(WEXITSTATUS(r.status), 2);
    ck_assert(strstr(r.errors, "--rot") != NULL);
    driver_done(&r);
}
END_TEST

/* ---- identity ---- */

static void assert_identity(const struct driver_run *r, const char *expected)
{
    char *lines = driver_lines(r, 1);
    lines[strcspn(lines, "\n")] = '\0';
    ck_assert_str_eq(lines, expected);
    free(lines);
}

START_TEST(identity)
{
    const char *const *extra = EXTRA("--user", "65532:65531:1:2");
    bool privileged = geteuid() == 0;
    struct driver_run r = driver_run_root(root,
                                          ACTOR(1, "\"identity\"") ACTOR(2, "\"empty\",\"HOME\"")
                                              ACTOR(3, "\"touch\",\"/x\",\"/tmp/x\""),
                                          NULL, extra);
    assert_identity(&r,
                    privileged ? "uid=65532 gid=65531 groups=1,2" : "uid=65532 gid=65531 groups=");
    driver_assert_lines(&r, 2, "HOME has 0");
    if (privileged)
        driver_assert_lines(&r, 3, "/x: Permission denied\n/tmp/x: ok");
    driver_done(&r);
    r = driver_run_root(root, ACTOR(1, "\"identity\"") ACTOR(2, "\"empty\",\"HOME\""),
                        driver_become_nobody, extra);
    assert_identity(&r, "uid=65532 gid=65531 groups=");
    ck_assert(driver_degraded(&r, "user"));
    driver_assert_lines(&r, 2, "HOME has 0");
    driver_done(&r);
}
END_TEST

/* ---- outer containers ---- */

START_TEST(in_a_container)
{
    struct driver_run r =
        driver_run_root(root, ACTOR(1, "\"identity\""), driver_enter_container, NULL);
    assert_identity(&r, "uid=0 gid=0 groups=");
    driver_done(&r);
    r = driver_run_root(root, ACTOR(1, "\"identity\""), driver_enter_container,
                        EXTRA("--user", "7:8"));
    assert_identity(&r, "uid=7 gid=8 groups=");
    driver_done(&r);
}
END_TEST

static void mask_proc(void)
{
    driver_enter_container();
    if (mount("none", "/proc/fs", "tmpfs", 0, NULL) < 0)
        _exit(126);
}

START_TEST(masked_proc)
{
    struct driver_run r = driver_run_root(
        root, ACTOR(1, "\"kind\",\"/proc/self\"") ACTOR(2, "\"say\",\"x\""), mask_proc, NULL);
    ck_assert(driver_degraded(&r, "proc"));
    driver_assert_lines(&r, 1, "/proc/self: 120000");
    driver_assert_lines(&r, 2, "x");
    driver_done(&r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cell sandbox");
    TCase *t = tcase_create("sandbox");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, a_bare_root, 0, 4);
    tcase_add_loop_test(t, hostile_links, 0, 4);
    tcase_add_loop_test(t, etc_elsewhere, 0, 4);
    tcase_add_loop_test(t, binds, 0, 4);
    tcase_add_test(t, no_root);
    tcase_add_test(t, identity);
    tcase_add_test(t, in_a_container);
    tcase_add_test(t, masked_proc);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
