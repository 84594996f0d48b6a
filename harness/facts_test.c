/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of roots made on the spot, of hostile ones, and of real Alpine archives. */
#include "harness/facts.h"
#include "harness/libc_scan.h"
#include "harness/locale_archive.h"
#include "harness/os_release.h"
#include "harness/tar_fixture.h"
#include "harness/transport.h"

#include <glob.h>

static char *dir;
static struct run *run;

static void set_up(void)
{
    dir = fixture_dir();
    run = run_new();
}

static void tear_down(void)
{
    run_free(run);
    fixture_remove(dir);
}

static const struct image *look(void)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *reference = must_printf("rootfs:%s", dir);
    const struct platform *amd64 = platform_by_name("linux/amd64");
    struct image_request request = {
        .reference = reference, .platforms = &amd64, .platform_count = 1};
    ck_assert_msg(image_open(run, &request, &e), "%s", e.message);
    return &run->images[run->image_count - 1];
}

static void expect(const struct image *image, const char *check, const char *value)
{
    const char *have = facts_value(image, check);
    ck_assert_msg(have && strcmp(have, value) == 0, "%s is \"%s\", not \"%s\"", check, have, value);
}

static void link_to(const char *target, const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    unlink(path);
    ck_assert_int_eq(symlink(target, path), 0);
}

/* The shipped matrix records every fact. */
START_TEST(every_fact_has_a_rule)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *rules = file_read("matrices/builtin/image.yaml", 1 << 20, NULL, &e);
    ck_assert_msg(rules != NULL, "%s", e.message);
    image_checks(run);
    for (size_t i = 0; i < run->check_count; i++) {
        CLEANUP_FREE char *line = must_printf("\n  %s:\n", run->checks[i].id);
        ck_assert_msg(strstr(rules, line) != NULL, "no rule for %s", run->checks[i].id);
    }
}
END_TEST

/* An ELF head for amd64 and some text after it. */
static void write_library(const char *name, const char *text, size_t size)
{
    struct text t = TEXT_INIT;
    unsigned char head[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, [16] = 3, [18] = 62};
    text_add_n(&t, (const char *)head, sizeof head);
    text_add_n(&t, text, size);
    fixture_write(dir, name, t.data, t.length);
    text_done(&t);
}
#define WRITE_LIBRARY(name, text) write_library(name, text, sizeof(text))

static const char glibc_text[] =
    "\0GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\nCopyright";
static const char musl_text[] =
    "\0musl libc (x86_64)\nVersion %s\n\0127.0.0.1\0\0011.2.4_git20230717";

START_TEST(an_empty_root_has_facts_too)
{
    const struct image *image = look();
    expect(image, "image.libc", "none");
    expect(image, "image.libc-version", "none");
    expect(image, "image.loaders", "none");
    expect(image, "image.tzdata", "absent");
    expect(image, "image.shell", "absent");
    expect(image, "image.nsswitch", "absent");
    expect(image, "image.os-release", "absent");
    expect(image, "image.platform-match", "no programs");
    expect(image, "image.c-utf8", "absent");
    ck_assert_ptr_null(image->os_id);
    ck_assert_ptr_null(facts_value(image, "image.nonsense"));
    ck_assert_ptr_null(facts_value(image, "time.tz.named"));
}
END_TEST

START_TEST(every_fact_is_one_check)
{
    size_t count = image_checks(run);
    const struct image *image = look();
    ck_assert_uint_eq(count, image->fact_count);
    ck_assert_uint_eq(count, run->check_count);
    for (size_t i = 0; i < count; i++) {
        const struct check *check = &run->checks[i];
        ck_assert_ptr_nonnull(check->says);
        ck_assert_ptr_nonnull(check->why);
        ck_assert_ptr_nonnull(facts_value(image, check->id));
        ck_assert_ptr_eq(run_check(run, check->id), check); /* no id twice */
        if (i > 0)
            ck_assert_int_lt(strcmp(image->facts[i - 1].name, image->facts[i].name), 0);
    }
    ck_assert_ptr_nonnull(image_fact(image, "image-libc"));
    ck_assert_ptr_nonnull(run_check(run, "image.libc"));
    ck_assert_ptr_null(run_check(run, "image.image-libc"));
}
END_TEST

START_TEST(c_libraries_are_told_apart)
{
    WRITE_LIBRARY("lib/x86_64-linux-gnu/libc.so.6", glibc_text);
    expect(look(), "image.libc", "glibc");
    expect(look(), "image.libc-files", "no glibc loader");
    expect(look(), "image.libc-version", "2.36");
    WRITE_LIBRARY("lib64/ld-linux-x86-64.so.2", glibc_text);
    expect(look(), "image.loaders", "glibc");
    expect(look(), "image.libc-files", "complete");
    WRITE_LIBRARY("lib/ld-musl-x86_64.so.1", musl_text);
    expect(look(), "image.libc", "several");
    expect(look(), "image.loaders", "glibc musl");
    expect(look(), "image.libc-version", "2.36");
    expect(look(), "image.musl-version", "1.2.4_git20230717");
    link_to("/lib/ld-musl-x86_64.so.1", "lib64/ld-linux-x86-64.so.2");
    link_to("/nowhere", "lib/x86_64-linux-gnu/libc.so.6");
    expect(look(), "image.libc", "musl");
    expect(look(), "image.loaders", "glibc-compat musl");
    expect(look(), "image.libc-version", "1.2.4_git20230717");
}
END_TEST

/* Another platform's library, or a text file in its place, is none. */
START_TEST(only_the_platforms_own_library_counts)
{
    fixture_program(dir, "lib/i386-linux-gnu/libc.so.6", 3);
    fixture_text(dir, "lib64/ld-linux-x86-64.so.2", "#!/bin/sh\n release version 2.36 GNU");
    expect(look(), "image.libc", "none");
}
END_TEST

START_TEST(versions_come_from_the_bytes)
{
    static const struct {
        const char *text;
        size_t size;
        const char *glibc, *musl;
    } rows[] = {
#define ROW(text, glibc, musl) {text, sizeof(text) - 1, glibc, musl}
        ROW("GNU C Library (x) stable release version 2.17, by", "2.17", NULL),
        ROW("ld.so (GNU libc) development release version 2.40.9000.\n", "2.40.9000", NULL),
        ROW("ld.so (Debian GLIBC 2.36-9) stable release version 2.36.\n", "2.36", NULL),
        ROW("someone's release version 3.1", NULL, NULL),
        ROW("GNU C Library (x) release version ", NULL, NULL),
        ROW("GNU C Library (x) release version .", NULL, NULL),
        ROW("musl libc (i386)\0Version %s\0001.1.24\0", NULL, "1.1.24"),
        ROW("musl libc (i386)\0001.2.3-git-5-gabcdef0\0", NULL, "1.2.3-git-5-gabcdef0"),
        ROW("musl libc (i386)\0x1.2.3\0001.2\0001.2.3.4\0", NULL, NULL),
        ROW("musl libc (i386)\0001.2.3\0x\0001.2.4\0", NULL, NULL),
        ROW("musl libc (i386)\0001.2.3", NULL, NULL),
        ROW("no such libc (i386)\0001.2.3\0", NULL, NULL),
        ROW("", NULL, NULL),
        ROW("1", NULL, NULL),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *exact = must_calloc(rows[i].size + 1, 1); /* so that reading past it is seen */
        exact = must_realloc(exact, rows[i].size ? rows[i].size : 1);
        memcpy(exact, rows[i].text, rows[i].size);
        CLEANUP_FREE char *glibc = libc_glibc_version(exact, rows[i].size);
        CLEANUP_FREE char *musl = libc_musl_version(exact, rows[i].size);
        ck_assert_pstr_eq(glibc, rows[i].glibc);
        ck_assert_pstr_eq(musl, rows[i].musl);
        free(exact);
    }
}
END_TEST

static void write_zone(const char *name)
{
    char zone[60] = "TZif2";
    CLEANUP_FREE char *path = must_printf("usr/share/zoneinfo/%s", name);
    fixture_write(dir, path, zone, sizeof zone);
}

START_TEST(time_zones_are_counted)
{
    write_zone("Etc/UTC");
    expect(look(), "image.tzdata", "partial");
    expect(look(), "image.tzdata-version", "unknown");
    write_zone("Europe/Berlin");
    write_zone("America/New_York");
    write_zone("Asia/Kolkata");
    write_zone("Australia/Lord_Howe");
    expect(look(), "image.tzdata", "present");
    expect(look(), "image.tzdata-legacy", "absent");
    fixture_text(dir, "usr/share/zoneinfo/tzdata.zi", "# version 2024a\nR d 1916 o\n");
    expect(look(), "image.tzdata-version", "2024a");
    fixture_text(dir, "usr/share/zoneinfo/tzdata.zi", "# version \t\nR d 1916 o\n");
    expect(look(), "image.tzdata-version", "blank");
    fixture_text(dir, "usr/share/zoneinfo/Europe/Berlin",
                 "not a zone at all, but long enough "
                 "for one to be taken for it");
    expect(look(), "image.tzdata", "partial");
    fixture_text(dir, "etc/x", "");
    link_to("/usr/share/zoneinfo/Etc/UTC", "etc/localtime");
    expect(look(), "image.localtime", "Etc/UTC");
    link_to("/usr/share/zoneinfo/None", "etc/localtime");
    expect(look(), "image.localtime", "dangling");
}
END_TEST

START_TEST(configuration_files_are_read)
{
    static const struct {
        const char *file, *text, *check, *value;
    } rows[] = {
        {"etc/nsswitch.conf", "passwd: files\nhosts:\tfiles  dns # x\n", "image.nsswitch",
         "files dns"},
        {"etc/nsswitch.conf", "#hosts: files\n", "image.nsswitch", "no hosts line"},
        {"etc/nsswitch.conf", "hosts: \x1b[31mred", "image.nsswitch", "\\x1b[31mred"},
        {"etc/services", "http 80/tcp\nhttps 443/tcp\nssh 22/tcp\ndomain 53/udp\n",
         "image.services", "present"},
        {"etc/services", "http 80/tcp\n", "image.services", "partial"},
        {"etc/services", "# nothing", "image.services", "empty"},
        {"etc/hosts", "::1 x localhost\n", "image.hosts", "localhost"},
        {"etc/hosts", "127.0.0.1 localhosts\n", "image.hosts", "no localhost"},
        {"etc/resolv.conf", "nameserver 1.1.1.1", "image.resolv-conf", "file"},
        {"etc/resolv.conf", "", "image.resolv-conf", "empty"},
        {"etc/passwd", "root:x:0:0\nnobody:x:1:1\n", "image.passwd", "root, nobody"},
        {"etc/passwd", "rooty:x:0:0\n", "image.passwd", "no root"},
        {"etc/passwd", "", "image.passwd", "empty"},
        {"etc/shadow", "root::1:2", "image.root-password", "empty"},
        {"etc/shadow", "x:y\nroot:!:1:2", "image.root-password", "locked"},
        {"etc/shadow", "root:$6$x:1:2", "image.root-password", "set"},
        {"etc/shadow", "root:", "image.root-password", "empty"},
        {"etc/shadow", "none", "image.root-password", "no root"},
        {"etc/shadow", "", "image.root-password", "no root"},
        {"etc/machine-id", "0123456789abcdef0123456789abcdef\n", "image.machine-id", "baked"},
        {"etc/machine-id", "\n", "image.machine-id", "empty"},
        {"etc/machine-id", "uninitialized\n", "image.machine-id", "uninitialized"},
        {"etc/ld.so.preload", "/lib/x.so", "image.ld-so-preload", "set"},
        {"etc/timezone", "Europe/Berlin\n", "image.timezone", "Europe/Berlin"},
        {"etc/os-release", "ID=\"deb\"\nVERSION_ID='12'\n", "image.os-release", "deb 12"},
        {"etc/gai.conf", "# x\n", "image.gai-conf", "default"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture_text(dir, rows[i].file, rows[i].text);
        expect(look(), rows[i].check, rows[i].value);
    }
}
END_TEST

/* Links that want to leave the root end within it, and nothing but files is read. */
START_TEST(facts_never_leave_the_root)
{
    fixture_text(dir, "etc/x", "");
    link_to("../../../../../../../../etc/passwd", "etc/passwd");
    link_to("/etc/hostname-of-nowhere", "etc/hosts");
    link_to("loop", "etc/loop");
    link_to("loop", "etc/services");
    CLEANUP_FREE char *fifo = must_printf("%s/etc/nsswitch.conf", dir);
    CLEANUP_FREE char *machine = must_printf("%s/etc/machine-id", dir);
    ck_assert_int_eq(mkfifo(fifo, 0644), 0);
    ck_assert_int_eq(mkdir(machine, 0755), 0);
    const struct image *image = look();
    expect(image, "image.passwd", "dangling");
    expect(image, "image.hosts", "dangling");
    expect(image, "image.services", "dangling");
    expect(image, "image.nsswitch", "special");
    expect(image, "image.machine-id", "directory");
    link_to("/proc/self/environ", "etc/timezone");
    expect(look(), "image.timezone", "dangling");
}
END_TEST

START_TEST(shells_are_named)
{
    fixture_text(dir, "bin/dash", "x");
    link_to("dash", "bin/sh");
    expect(look(), "image.shell", "dash");
    fixture_text(dir, "bin/busybox", "x");
    link_to("/bin/busybox", "bin/sh");
    expect(look(), "image.shell", "busybox");
    link_to("/bin/gone", "bin/sh");
    expect(look(), "image.shell", "dangling");
    CLEANUP_FREE char *sh = must_printf("%s/bin/sh", dir);
    ck_assert_int_eq(unlink(sh), 0);
    fixture_text(dir, "bin/sh", "BusyBox v1.36.1");
    expect(look(), "image.shell", "busybox");
    fixture_text(dir, "bin/sh", "other");
    expect(look(), "image.shell", "sh");
}
END_TEST

/* A program for amd64 that names its loader. */
static void write_program(const char *name, const char *loader)
{
    unsigned char bytes[256] = {0x7f,      'E',       'L',      'F',      2,
                                1,         1,         0,        [16] = 3, [18] = 62,
                                [32] = 64, [54] = 56, [56] = 1, [64] = 3, [72] = 120};
    bytes[96] = (unsigned char)(strlen(loader) + 1);
    strcpy((char *)bytes + 120, loader);
    fixture_write(dir, name, bytes, sizeof bytes);
}

/* Not another loader's library, nor musl in place of glibc's; and within the root only. */
START_TEST(a_shell_needs_its_loader_and_library)
{
    static const char glibc[] = "/lib64/ld-linux-x86-64.so.2", musl[] = "/lib/ld-musl-x86_64.so.1";
    fixture_program(dir, "bin/sh", 62);
    expect(look(), "image.shell", "sh"); /* static */
    write_program("bin/sh", glibc);
    expect(look(), "image.shell", "no-loader");
    WRITE_LIBRARY("lib64/ld-linux-x86-64.so.2", glibc_text);
    expect(look(), "image.shell", "no-library");
    write_program("bin/sh", musl);
    expect(look(), "image.shell", "no-loader");
    WRITE_LIBRARY("lib/ld-musl-x86_64.so.1", musl_text);
    expect(look(), "image.shell", "sh");
    write_program("bin/sh", glibc);
    WRITE_LIBRARY("usr/lib/libc.so.6", glibc_text);
    expect(look(), "image.shell", "sh");
    link_to("/gone", "lib64/ld-linux-x86-64.so.2");
    expect(look(), "image.shell", "no-loader");
    link_to("/nowhere", "usr/lib/libc.so.6");
    link_to(musl, "lib64/ld-linux-x86-64.so.2");
    expect(look(), "image.shell", "sh");
    write_program("bin/sh", "/proc/self/exe");
    expect(look(), "image.shell", "no-loader");
}
END_TEST

/* ---- locales ---- */

static void put32(unsigned char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> (8 * i));
}

START_TEST(a_locale_archive_is_read)
{
    unsigned char archive[200] = {0};
    put32(archive, 0xde020109);
    put32(archive + 8, 56);   /* entries at 56 */
    put32(archive + 16, 3);   /* three of them, */
    put32(archive + 60, 150); /* the first named at 150, */
    put32(archive + 64, 1);
    put32(archive + 72, 5000); /* the second nowhere, */
    put32(archive + 76, 1);    /* the third unused */
    strcpy((char *)archive + 150, "de_DE.utf8");
    fixture_write(dir, "usr/lib/locale/locale-archive", archive, sizeof archive);
    fixture_text(dir, "usr/lib/locale/C.utf8/LC_CTYPE", "x");
    fixture_text(dir, "usr/lib/locale/empty/x", "x");
    const struct image *image = look();
    expect(image, "image.locales", "C.utf8 de_DE.utf8");
    expect(image, "image.c-utf8", "present");
    for (size_t size = 0; size < sizeof archive; size++) {
        unsigned char *cut = must_calloc(size ? size : 1, 1);
        memcpy(cut, archive, size);
        struct tree_names names = {NULL, 0};
        ck_assert_int_eq(locale_archive_names(cut, size, &names), size >= 56);
        ck_assert_uint_le(names.count, 1);
        tree_names_done(&names);
        free(cut);
    }
    put32(archive + 8, 0xfffffff0);
    put32(archive + 16, 0xffffffff);
    struct tree_names names = {NULL, 0};
    ck_assert(locale_archive_names(archive, sizeof archive, &names));
    ck_assert_uint_eq(names.count, 0);
}
END_TEST

START_TEST(converters_are_counted)
{
    static const char *const basic[] = {"ISO8859-1", "ISO8859-15", "CP1252", "UTF-16", "UTF-32"};
    static const char *const extra[] = {"EUC-JP", "SJIS", "BIG5", "EUC-KR", "KOI8-R"};
    static const char base[] = "usr/lib/x86_64-linux-gnu/gconv";
    for (size_t i = 0; i < 5; i++) {
        CLEANUP_FREE char *name = must_printf("%s/%s.so", base, basic[i]);
        fixture_text(dir, name, "x");
    }
    expect(look(), "image.gconv", "no gconv-modules");
    fixture_text(dir, "usr/lib/x86_64-linux-gnu/gconv/gconv-modules", "x");
    expect(look(), "image.gconv", "partial");
    for (size_t i = 0; i < 5; i++) {
        CLEANUP_FREE char *name = must_printf("%s/%s.so", base, extra[i]);
        fixture_text(dir, name, "x");
    }
    expect(look(), "image.gconv", "present");
}
END_TEST

START_TEST(os_release_is_unquoted)
{
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"ID=debian", "debian"},
        {"X=1\nID=debian\nY=2", "debian"},
        {"ID=\"a b\"", "a b"},
        {"ID='a'", "a"},
        {"ID=\"a\\\"b\"", "a\"b"},
        {"XID=1", NULL},
        {"ID=", ""},
        {"ID=\"open", "open"},
        {"ID=a\x01 \r\n", "a\\x01"},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_FREE char *value = os_release_value(rows[i].text, "ID");
        ck_assert_pstr_eq(value, rows[i].value);
    }
}
END_TEST

/* ---- real images ---- */

static void expect_alpine(const char *path)
{
    static const struct {
        const char *part, *version;
    } versions[] = {{"-3.17.", "1.2.3"}, {"-3.18.", "1.2.4"}, {"-3.20.", "1.2.5"}};
    static const struct {
        const char *part, *platform;
    } names[] = {{"aarch64", "linux/arm64"}, {"x86_64", "linux/amd64"}, {"armv7", "linux/arm/v7"}};
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *reference = must_printf("tar:%s", path);
    struct image_request request = {.reference = reference, .cache_dir = dir};
    ck_assert_msg(image_open(run, &request, &e), "%s", e.message);
    const struct image *image = &run->images[run->image_count - 1];
    for (size_t i = 0; i < 3; i++)
        if (strstr(path, names[i].part))
            ck_assert_str_eq(image->platform->name, names[i].platform);
    for (size_t i = 0; i < 3; i++)
        if (strstr(path, versions[i].part))
            expect(image, "image.libc-version", versions[i].version);
    ck_assert_str_eq(image->os_id, "alpine");
    expect(image, "image.libc", "musl");
    expect(image, "image.shell", "busybox");
    expect(image, "image.tzdata", "absent");
    expect(image, "image.nsswitch", "files dns");
    expect(image, "image.package-manager", "apk");
    expect(image, "image.platform-match", "yes");
}

START_TEST(alpine_archives_are_what_they_are)
{
    glob_t found;
    if (glob("../shared/images/alpine-minirootfs-*.tar.gz", 0, NULL, &found) != 0) {
        puts("skip: no ../shared/images/alpine-minirootfs-*.tar.gz beside the source");
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        expect_alpine(found.gl_pathv[i]);
    globfree(&found);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("facts");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, an_empty_root_has_facts_too);
    tcase_add_test(c, every_fact_is_one_check);
    tcase_add_test(c, every_fact_has_a_rule);
    tcase_add_test(c, c_libraries_are_told_apart);
    tcase_add_test(c, only_the_platforms_own_library_counts);
    tcase_add_test(c, versions_come_from_the_bytes);
    tcase_add_test(c, time_zones_are_counted);
    tcase_add_test(c, configuration_files_are_read);
    tcase_add_test(c, facts_never_leave_the_root);
    tcase_add_test(c, shells_are_named);
    tcase_add_test(c, a_shell_needs_its_loader_and_library);
    tcase_add_test(c, a_locale_archive_is_read);
    tcase_add_test(c, converters_are_counted);
    tcase_add_test(c, os_release_is_unquoted);
    tcase_add_test(c, alpine_archives_are_what_they_are);
    Suite *s = suite_create("facts");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
