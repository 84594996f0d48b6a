/* SPDX-License-Identifier: Apache-2.0 */
/* Going down paths of a hostile image, making mount points beside it, removing what jobs leave. */
#include "runners/cell/interpreter.h"
#include "runners/cell/mount.h"
#include "runners/cell/skeleton.h"
#include "runners/cell/sweep.h"

#include <check.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64];
static int image, upper, outside;

static int make_directory(const char *name)
{
    int parent = open(base, O_PATH | O_DIRECTORY);
    if (parent < 0)
        ck_abort_msg("cannot open %s", base);
    ck_assert_int_eq(mkdirat(parent, name, 0755), 0);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(parent);
    return fd;
}

static void set_up(void)
{
    snprintf(base, sizeof base, "/tmp/plimsoll-tree-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    image = make_directory("image");
    upper = make_directory("upper");
    outside = make_directory("outside");
    umask(022);
}

static void tear_down(void)
{
    close(image);
    close(upper);
    close(outside);
    ck_assert(sweep_directory(AT_FDCWD, base));
}

static void link_to(const char *name, const char *to)
{
    ck_assert_int_eq(symlinkat(to, image, name), 0);
}

static void put(int dir, const char *name, const char *content, mode_t mode)
{
    if (dir < 0)
        ck_abort_msg("no directory");
    int fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    fchmod(fd, mode);
    close(fd);
}

static mode_t mode_of(int dir, const char *path)
{
    struct stat st;
    return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode : 0;
}

START_TEST(links_stay_inside)
{
    put(outside, "secret", "x", 0644);
    put(image, "secret", "y", 0644);
    link_to("up", "../outside/secret");
    link_to("absolute", "/secret");
    link_to("magic", "/proc/self/root");
    char byte;
    int fd = open_beneath(image, "absolute", O_RDONLY, BENEATH_FOLLOW);
    ck_assert(fd >= 0 && read(fd, &byte, 1) == 1 && byte == 'y');
    close(fd);
    ck_assert_int_lt(open_beneath(image, "up", O_RDONLY, BENEATH_FOLLOW), 0);
    ck_assert_int_lt(open_beneath(image, "magic", O_RDONLY, BENEATH_FOLLOW), 0);
    ck_assert_int_lt(open_beneath(image, "../outside/secret", O_RDONLY, BENEATH_FOLLOW), 0);
    ck_assert_int_lt(open_beneath(image, "absolute", O_RDONLY, BENEATH_NO_SYMLINKS), 0);
    ck_assert_int_eq(errno, ELOOP);
}
END_TEST

START_TEST(mount_points)
{
    struct skeleton s;
    struct error e = ERROR_INIT;
    mkdirat(image, "etc", 0755);
    fchmodat(image, "etc", 0711, 0);
    mkdirat(image, "var", 0755);
    mkdirat(image, "var/tmp", 0755);
    fchmodat(image, "var/tmp", 01775, 0);
    link_to("tmp", "/var/tmp");
    link_to("etc/resolv.conf", "/run/somewhere/resolv.conf");
    ck_assert(skeleton_init(&s, image, upper, &e));
    ck_assert(skeleton_directory(&s, "etc", 0755, &e));
    ck_assert(skeleton_directory(&s, "dev", 0700, &e));
    ck_assert(skeleton_directory(&s, "tmp/deep/er", 0700, &e));
    ck_assert(skeleton_file(&s, "etc/resolv.conf", "abc", &e));
    ck_assert(skeleton_file(&s, "top", "", &e));
    skeleton_done(&s);
    ck_assert_int_eq(mode_of(upper, "etc"), S_IFDIR | 0711);
    ck_assert_int_eq(mode_of(upper, "dev"), S_IFDIR | 0700);
    ck_assert_int_eq(mode_of(upper, "tmp"), 0);
    ck_assert_int_eq(mode_of(upper, "var/tmp"), S_IFDIR | 01775);
    ck_assert_int_eq(mode_of(upper, "var/tmp/deep"), S_IFDIR | 0755);
    ck_assert_int_eq(mode_of(upper, "var/tmp/deep/er"), S_IFDIR | 0700);
    ck_assert_int_eq(mode_of(upper, "etc/resolv.conf"), S_IFREG | 0644);
    ck_assert_int_eq(mode_of(upper, "top"), S_IFREG | 0644);
}
END_TEST

/* Each of these must end in a real directory /tmp of the upper layer, and nothing elsewhere. */
static const char *const hostile_links[] = {"../outside",     "/../../outside", "tmp",  "/",
                                            "/proc/self/cwd", "/no/such/place", "file", "../../.."};

START_TEST(hostile_mount_points)
{
    struct skeleton s;
    struct error e = ERROR_INIT;
    put(image, "file", "", 0644);
    link_to("tmp", hostile_links[_i]);
    ck_assert(skeleton_init(&s, image, upper, &e));
    ck_assert_msg(skeleton_directory(&s, "tmp/plimsoll", 0755, &e), "%s", e.message);
    skeleton_done(&s);
    ck_assert_int_eq(mode_of(upper, "tmp/plimsoll"), S_IFDIR | 0755);
    ck_assert_int_eq(mode_of(outside, "plimsoll"), 0);
    ck_assert_int_eq(mode_of(image, "plimsoll"), 0);
}
END_TEST

START_TEST(a_file_is_no_directory)
{
    struct skeleton s;
    struct error e = ERROR_INIT;
    ck_assert(skeleton_init(&s, image, upper, &e));
    ck_assert(skeleton_file(&s, "x", "", &e));
    ck_assert(!skeleton_directory(&s, "x/y", 0755, &e));
    ck_assert(strstr(e.message, "/x/y") != NULL);
    error_clear(&e);
    skeleton_done(&s);
}
END_TEST

START_TEST(sweeping)
{
    int at = dup(outside);
    for (int i = 0; i < 1500; i++) {
        put(at, "file", "", 0);
        ck_assert_int_eq(symlinkat("/etc/passwd", at, "link"), 0);
        ck_assert_int_eq(mkdirat(at, "~0", 0700), 0);
        ck_assert_int_eq(mkdirat(at, "~1", 0700), 0);
        int next = openat(at, i % 2 ? "~0" : "~1", O_RDONLY | O_DIRECTORY);
        close(at);
        at = next;
    }
    close(at);
    fchmodat(outside, "~1", 0, 0);
    int parent = open(base, O_PATH | O_DIRECTORY);
    ck_assert(sweep_directory(parent, "outside"));
    ck_assert_int_eq(mode_of(parent, "outside"), 0);
    ck_assert(sweep_directory(parent, "outside"));
    symlinkat("image", parent, "outside");
    ck_assert(!sweep_directory(parent, "outside"));
    ck_assert_int_ne(mode_of(parent, "image"), 0);
    unlinkat(parent, "outside", 0);
    close(parent);
}
END_TEST

static void put_elf(const char *name, bool wide, bool big, const char *interpreter, size_t length)
{
    unsigned char bytes[512] = {0};
    memcpy(bytes, ELFMAG, SELFMAG);
    bytes[EI_CLASS] = wide ? ELFCLASS64 : ELFCLASS32;
    bytes[EI_DATA] = big ? ELFDATA2MSB : ELFDATA2LSB;
#define SET(at, width, value) bytes[(at) + (big ? (width)-1 : 0)] = (unsigned char)(value)
    SET(wide ? 32 : 28, wide ? 8 : 4, 64); /* e_phoff */
    SET(wide ? 56 : 44, 2, 1);             /* e_phnum */
    SET(64, 4, PT_INTERP);
    SET(wide ? 64 + 8 : 64 + 4, wide ? 8 : 4, 160); /* p_offset */
    SET(wide ? 64 + 32 : 64 + 16, wide ? 8 : 4, length);
    memcpy(bytes + 160, interpreter, length);
    int fd = openat(image, name, O_CREAT | O_TRUNC | O_WRONLY, 0755);
    ck_assert_int_eq(write(fd, bytes, sizeof bytes), sizeof bytes);
    close(fd);
}

START_TEST(interpreters)
{
    char found[64], path[128];
    for (int i = 0; i < 4; i++) {
        put_elf("elf", i & 1, i & 2, "/lib/ld.so", 11);
        int fd = openat(image, "elf", O_RDONLY);
        ck_assert(interpreter_read(fd, found, sizeof found));
        ck_assert_str_eq(found, "/lib/ld.so");
        ck_assert(!interpreter_read(fd, found, 10));
        close(fd);
    }
    put_elf("elf", true, false, "/lib/ld.so", 10); /* without its NUL */
    int fd = openat(image, "elf", O_RDONLY);
    ck_assert(!interpreter_read(fd, found, sizeof found));
    close(fd);
    snprintf(path, sizeof path, "%s/image/elf", base);
    put_elf("elf", true, false, "/no/loader", 11);
    ck_assert_int_eq(interpreter_exec_error(path), ENOENT);
    put_elf("elf", true, false, "/proc/self/exe", 15);
    ck_assert_int_eq(interpreter_exec_error(path), 0);
    put_elf("elf", true, false, "/tmp", 5);
    ck_assert_int_eq(interpreter_exec_error(path), EACCES);
    fchmodat(image, "elf", 0644, 0);
    ck_assert_int_eq(interpreter_exec_error(path), EACCES);
    ck_assert_int_eq(interpreter_exec_error("/no/program"), ENOENT);
    ck_assert_int_eq(interpreter_exec_error("/tmp"), EACCES);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tree");
    TCase *t = tcase_create("tree");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, links_stay_inside);
    tcase_add_test(t, mount_points);
    tcase_add_loop_test(t, hostile_mount_points, 0,
                        (int)(sizeof hostile_links / sizeof *hostile_links));
    tcase_add_test(t, a_file_is_no_directory);
    tcase_add_test(t, sweeping);
    tcase_add_test(t, interpreters);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
