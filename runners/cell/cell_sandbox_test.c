/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox of the built cell: roots of all kinds, with and without privileges, outer containers
 * that refuse things, emulators; and that nothing of it stays behind. */
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell/test/driver.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
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

#define ACTOR(job, ...) "{\"job\":" #job ",\"argv\":[\"/actor\"," __VA_ARGS__ "]}\n"

static void assert_lines(const struct driver_run *r, int job, const char *expected)
{
    char *lines = driver_lines(r, job);
    ck_assert_msg(strcmp(lines, expected) == 0, "%s instead of %s: %s%s", lines, expected,
                  json_dumps(r->events, 0), r->errors);
    free(lines);
}

static struct driver_run run(const char *input, void (*prepare)(void), const char *const extra[])
{
    const char *arguments[32] = {"--root", root};
    for (int i = 0; extra && extra[i]; i++)
        arguments[2 + i] = extra[i];
    return driver_run(arguments, input, prepare);
}

#define EXTRA(...) ((const char *const[]){__VA_ARGS__, NULL})

static int open_root(void)
{
    return open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* ---- roots ---- */

static const char *const modes[] = {"overlay", "synthetic"};

/* With and without privileges, for both modes. */
static struct driver_run run_mode(int i, const char *input)
{
    struct driver_run r = run(input, i & 1 ? driver_become_nobody : NULL,
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
    assert_lines(&r, 1, "/dev/null: 20000\n/proc/self: 120000\n/sys/class: 40000\n/tmp: 40000");
    assert_lines(&r, 2, "h");
    assert_lines(&r, 3, "/tmp/x: ok\n/dev/shm/x: ok\n/dev/null: ok");
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
    assert_lines(&r, 2, "HOME has 0");
    assert_lines(&r, 3, "/dev/null: 20000\n/proc/self: 120000");
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
    assert_lines(&r, 1, "own\nh");
    driver_done(&r);
}
END_TEST

START_TEST(binds)
{
    char bind[256], nested[256];
    snprintf(bind, sizeof bind, "%s/actor:/.plimsoll/probes/actor", root);
    snprintf(nested, sizeof nested, "%s/etc:/.plimsoll/etc", root);
    struct driver_run r =
        run("{\"job\":1,\"argv\":[\"/.plimsoll/probes/actor\",\"touch\","
            "\"/.plimsoll/etc/x\",\"/.plimsoll/probes/actor\"]}\n",
            _i & 1 ? driver_become_nobody : NULL,
            EXTRA("--bind", bind, "--bind", nested, "--root-mode", modes[_i >> 1]));
    assert_lines(&r, 1,
                 "/.plimsoll/etc/x: Read-only file system\n"
                 "/.plimsoll/probes/actor: Read-only file system");
    driver_done(&r);
    r = run("", NULL, EXTRA("--bind", "/no/such/source:/x"));
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
    struct driver_run r = run(ACTOR(1, "\"identity\"") ACTOR(2, "\"empty\",\"HOME\"")
                                  ACTOR(3, "\"touch\",\"/x\",\"/tmp/x\""),
                              NULL, extra);
    assert_identity(&r,
                    privileged ? "uid=65532 gid=65531 groups=1,2" : "uid=65532 gid=65531 groups=");
    assert_lines(&r, 2, "HOME has 0");
    if (privileged)
        assert_lines(&r, 3, "/x: Permission denied\n/tmp/x: ok");
    driver_done(&r);
    r = run(ACTOR(1, "\"identity\"") ACTOR(2, "\"empty\",\"HOME\""), driver_become_nobody, extra);
    assert_identity(&r, "uid=65532 gid=65531 groups=");
    ck_assert(driver_degraded(&r, "user"));
    assert_lines(&r, 2, "HOME has 0");
    driver_done(&r);
}
END_TEST

/* ---- outer containers ---- */

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(126);
    close(fd);
}

static void enter_container(void)
{
    char map[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        _exit(126);
    put("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", uid);
    put("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", gid);
    put("/proc/self/gid_map", map);
}

START_TEST(in_a_container)
{
    struct driver_run r = run(ACTOR(1, "\"identity\""), enter_container, NULL);
    assert_identity(&r, "uid=0 gid=0 groups=");
    driver_done(&r);
    r = run(ACTOR(1, "\"identity\""), enter_container, EXTRA("--user", "7:8"));
    assert_identity(&r, "uid=7 gid=8 groups=");
    driver_done(&r);
}
END_TEST

static void mask_proc(void)
{
    enter_container();
    if (mount("none", "/proc/fs", "tmpfs", 0, NULL) < 0)
        _exit(126);
}

START_TEST(masked_proc)
{
    struct driver_run r =
        run(ACTOR(1, "\"kind\",\"/proc/self\"") ACTOR(2, "\"say\",\"x\""), mask_proc, NULL);
    ck_assert(driver_degraded(&r, "proc"));
    assert_lines(&r, 1, "/proc/self: 120000");
    assert_lines(&r, 2, "x");
    driver_done(&r);
}
END_TEST

/* ---- emulators ---- */

#define ARM_EMULATOR "/usr/bin/qemu-aarch64-static"
#define AMD_EMULATOR "/usr/bin/qemu-x86_64-static"

static bool emulator_missing(const char *path)
{
    if (access(path, X_OK) == 0)
        return false;
    printf("skipped: no %s\n", path);
    return true;
}

/* write(1, "arm\n", 4); exit(0); */
static void add_arm_program(const char *interpreter)
{
    static const unsigned code[] = {0xd2800020, 0x100000e1, 0xd2800082, 0xd2800808, 0xd4000001,
                                    0xd2800000, 0xd2800ba8, 0xd4000001, 0x0a6d7261};
    struct {
        unsigned char ident[16];
        unsigned short type, machine;
        unsigned version;
        unsigned long entry, segments_at, sections_at;
        unsigned flags;
        unsigned short header_size, segment_size, segment_count, section_size, section_count, names;
        struct {
            unsigned type, flags;
            unsigned long offset, address, physical, file_size, memory_size, align;
        } segments[2];
        char interpreter[24];
        unsigned code[9];
    } elf = {.ident = "\x7f"
                      "ELF\2\1\1",
             .type = 2,
             .machine = 183,
             .version = 1,
             .entry = 0x400000 + 64 + 2 * 56 + 24,
             .segments_at = 64,
             .header_size = 64,
             .segment_size = 56,
             .segment_count = interpreter ? 2 : 1,
             .segments = {{1, 5, 0, 0x400000, 0x400000, sizeof elf, sizeof elf, 0x10000},
                          {3, 4, 176, 0x4000b0, 0x4000b0, 0, 0, 1}}};
    memcpy(elf.code, code, sizeof code);
    if (interpreter) {
        strcpy(elf.interpreter, interpreter);
        elf.segments[1].file_size = strlen(interpreter) + 1;
    }
    int dir = open_root();
    int fd = openat(dir, interpreter ? "dynamic" : "arm", O_CREAT | O_WRONLY, 0755);
    ck_assert_int_eq(write(fd, &elf, sizeof elf), sizeof elf);
    close(fd);
    fd = openat(dir, "script", O_CREAT | O_WRONLY, 0755);
    ck_assert_int_eq(write(fd, "#!/arm\n", 7), 7);
    close(fd);
    close(dir);
}

#define ARM_JOBS \
    "{\"job\":1,\"argv\":[\"/arm\"]}\n" ACTOR(2, "\"run\",\"/arm\"") ACTOR(3, \
                                                                           "\"run\",\"/script\"") \
        ACTOR(4, \
              "\"env\"") "{\"job\":5,\"argv\":[\"/dynamic\"]}\n{\"job\":6,\"argv\":[\"/none\"]}\n"

static void assert_emulated(const struct driver_run *r, const char *mode)
{
    char wanted[64];
    if (!driver_ready(r))
        ck_abort_msg("%s", json_dumps(r->events, 0));
    ck_assert_str_eq(driver_text(driver_ready(r), "emulation"), mode);
    assert_lines(r, 1, "arm");
    assert_lines(r, 2, "arm\nchild 0");
    assert_lines(r, 3, "arm\nchild 0");
    snprintf(wanted, sizeof wanted, "PLIMSOLL_EMULATION=%s", mode);
    char *lines = driver_lines(r, 4);
    ck_assert(strstr(lines, wanted) != NULL);
    free(lines);
    ck_assert_str_eq(driver_text(driver_end(r, 5), "exec"), "ENOENT");
    ck_assert_str_eq(driver_text(driver_end(r, 6), "exec"), "ENOENT");
}

START_TEST(private_emulation)
{
    if (emulator_missing(ARM_EMULATOR))
        return;
    add_arm_program(NULL);
    add_arm_program("/lib/ld-none.so");
    struct driver_run r = run(ARM_JOBS, _i & 1 ? driver_become_nobody : NULL,
                              EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:183",
                                    "--root-mode", modes[_i >> 1], "--emulation", "private"));
    assert_emulated(&r, "private");
    driver_done(&r);
}
END_TEST

START_TEST(prefix_emulation)
{
    if (emulator_missing(ARM_EMULATOR))
        return;
    add_arm_program(NULL);
    add_arm_program("/lib/ld-none.so");
    struct driver_run r =
        run("{\"job\":1,\"argv\":[\"/arm\"]}\n{\"job\":5,\"argv\":[\"/dynamic\"]}\n",
            _i & 1 ? driver_become_nobody : NULL,
            EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:183", "--root-mode",
                  modes[_i >> 1], "--emulation", "prefix"));
    ck_assert_str_eq(driver_text(driver_ready(&r), "emulation"), "prefix");
    assert_lines(&r, 1, "arm");
    ck_assert_str_eq(driver_text(driver_end(&r, 5), "exec"), "ENOENT");
    driver_done(&r);
}
END_TEST

/* A namespace above the cell's that has the entry stands for the host. */
static void enter_host_with_entry(void)
{
    enter_container();
    if (mount("none", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, NULL) < 0)
        _exit(126);
    put("/proc/sys/fs/binfmt_misc/register",
        ":arm:M::\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00"
        "\\xb7\\x00:\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
        "\\xff\\xfe\\xff\\xff\\xff:" ARM_EMULATOR ":FPO");
}

START_TEST(host_emulation)
{
    if (emulator_missing(ARM_EMULATOR))
        return;
    add_arm_program(NULL);
    add_arm_program("/lib/ld-none.so");
    const char *const *extra =
        EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:183", "--emulation", "host");
    struct driver_run r = run(ARM_JOBS, enter_host_with_entry, extra);
    if (WIFEXITED(r.status) && WEXITSTATUS(r.status) == 126)
        printf("skipped: no binfmt_misc in a user namespace (kernel before 6.7?)\n");
    else
        assert_emulated(&r, "host");
    driver_done(&r);
}
END_TEST

START_TEST(no_host_emulation)
{
    if (emulator_missing(ARM_EMULATOR))
        return;
    /* An instance without entries, so that the host's do not count. */
    struct driver_run r =
        run("", enter_container,
            EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:9999", "--emulation", "host"));
    ck_assert(strstr(driver_text(json_array_get(r.events, 0), "why"), "flag F") != NULL);
    ck_assert_int_eq(WEXITSTATUS(r.status), 3);
    driver_done(&r);
    r = run("", NULL, EXTRA("--emulator", "/no/emulator", "--elf", "64:little:183"));
    ck_assert_ptr_null(driver_ready(&r));
    ck_assert(strstr(driver_text(json_array_get(r.events, 0), "why"), "/no/emulator") != NULL);
    driver_done(&r);
}
END_TEST

#if defined(__x86_64__)
START_TEST(emulation_of_the_own_kind)
{
    if (emulator_missing(AMD_EMULATOR))
        return;
    struct driver_run r = run(ACTOR(1, "\"run\",\"/actor\",\"run\",\"/actor\",\"say\",\"x\""),
                              _i ? driver_become_nobody : NULL,
                              EXTRA("--emulator", AMD_EMULATOR, "--elf", "64:little:62"));
    ck_assert_str_eq(driver_text(driver_ready(&r), "emulation"), "private");
    assert_lines(&r, 1, "x\nchild 0\nchild 0");
    driver_done(&r);
}
END_TEST
#endif

/* ---- nothing stays ---- */

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

static bool gone(const char *text)
{
    for (int i = 0; i < 500; i++) {
        if (count_processes(text) == 0)
            return true;
        usleep(10000);
    }
    return false;
}

#define SLEEPER "\"sleep\",\"86399123\""

START_TEST(the_host_is_as_before)
{
    char *mounts = read_all("/proc/self/mountinfo");
    char *formats = read_all("/proc/sys/fs/binfmt_misc/status");
    struct driver_run r = run(ACTOR(1, "\"daemon\"") "{\"job\":2,\"limit\":0.2,\"argv\":["
                                                     "\"/actor\"," SLEEPER "]}\n",
                              NULL, NULL);
    ck_assert_str_eq(driver_text(driver_end(&r, 2), "signal"), "SIGKILL");
    driver_done(&r);
    ck_assert_int_eq(count_processes(root), 0);
    ck_assert_int_eq(count_processes("86399123"), 0);
    char *mounts_after = read_all("/proc/self/mountinfo");
    char *formats_after = read_all("/proc/sys/fs/binfmt_misc/status");
    ck_assert_str_eq(mounts, mounts_after);
    ck_assert_str_eq(formats, formats_after);
    free(mounts);
    free(formats);
    free(mounts_after);
    free(formats_after);
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
    ck_assert_int_ge(count_processes("86399123"), 1);
    pid_t victims[] = {harness, launcher, first};
    ck_assert_int_gt(victims[_i], 1);
    ck_assert_int_eq(kill(victims[_i], SIGKILL), 0);
    ck_assert_msg(gone("86399123"), "jobs live on");
    kill(harness, SIGKILL);
    waitpid(harness, NULL, 0);
    ck_assert_msg(gone(root), "the cell lives on");
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
    tcase_add_loop_test(t, private_emulation, 0, 4);
    tcase_add_loop_test(t, prefix_emulation, 0, 4);
    tcase_add_test(t, host_emulation);
    tcase_add_test(t, no_host_emulation);
#if defined(__x86_64__)
    tcase_add_loop_test(t, emulation_of_the_own_kind, 0, 2);
#endif
    tcase_add_test(t, the_host_is_as_before);
    tcase_add_loop_test(t, killed, 0, 3);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
