/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of another platform in the built cell, by each of the ways to emulate them. */
#include "runners/cell/test/driver.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
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

static const char *const modes[] = {"overlay", "synthetic"};

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
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        ck_abort_msg("cannot open the root");
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
    driver_assert_lines(r, 1, "arm");
    driver_assert_lines(r, 2, "arm\nchild 0");
    driver_assert_lines(r, 3, "arm\nchild 0");
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
    struct driver_run r =
        driver_run_root(root, ARM_JOBS, _i & 1 ? driver_become_nobody : NULL,
                        EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:183", "--root-mode",
                              modes[_i >> 1], "--emulation", "private"));
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
    struct driver_run r = driver_run_root(
        root, "{\"job\":1,\"argv\":[\"/arm\"]}\n{\"job\":5,\"argv\":[\"/dynamic\"]}\n",
        _i & 1 ? driver_become_nobody : NULL,
        EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:183", "--root-mode", modes[_i >> 1],
              "--emulation", "prefix"));
    ck_assert_str_eq(driver_text(driver_ready(&r), "emulation"), "prefix");
    driver_assert_lines(&r, 1, "arm");
    ck_assert_str_eq(driver_text(driver_end(&r, 5), "exec"), "ENOENT");
    driver_done(&r);
}
END_TEST

/* A namespace above the cell's that has the entry stands for the host. */
static void enter_host_with_entry(void)
{
    driver_enter_container();
    if (mount("none", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, NULL) < 0)
        _exit(126);
    driver_put(
        "/proc/sys/fs/binfmt_misc/register",
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
    struct driver_run r = driver_run_root(root, ARM_JOBS, enter_host_with_entry, extra);
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
    struct driver_run r = driver_run_root(
        root, "", driver_enter_container,
        EXTRA("--emulator", ARM_EMULATOR, "--elf", "64:little:9999", "--emulation", "host"));
    ck_assert(strstr(driver_text(json_array_get(r.events, 0), "why"), "flag F") != NULL);
    ck_assert_int_eq(WEXITSTATUS(r.status), 3);
    driver_done(&r);
    r = driver_run_root(root, "", NULL,
                        EXTRA("--emulator", "/no/emulator", "--elf", "64:little:183"));
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
    struct driver_run r =
        driver_run_root(root, ACTOR(1, "\"run\",\"/actor\",\"run\",\"/actor\",\"say\",\"x\""),
                        _i ? driver_become_nobody : NULL,
                        EXTRA("--emulator", AMD_EMULATOR, "--elf", "64:little:62"));
    ck_assert_str_eq(driver_text(driver_ready(&r), "emulation"), "private");
    driver_assert_lines(&r, 1, "x\nchild 0\nchild 0");
    driver_done(&r);
}
END_TEST
#endif

int main(void)
{
    Suite *s = suite_create("cell emulation");
    TCase *t = tcase_create("emulation");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, private_emulation, 0, 4);
    tcase_add_loop_test(t, prefix_emulation, 0, 4);
    tcase_add_test(t, host_emulation);
    tcase_add_test(t, no_host_emulation);
#if defined(__x86_64__)
    tcase_add_loop_test(t, emulation_of_the_own_kind, 0, 2);
#endif
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
