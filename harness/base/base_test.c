/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, memory, texts, versions, digests and whole files. */
#include "harness/base/command.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/sha256.h"
#include "harness/base/text.h"
#include "harness/base/version.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(error_grows_context)
{
    struct error e = ERROR_INIT;
    ck_assert(!error_is_set(&e));
    ck_assert(!error_errno(&e, ERROR_RUN, ENOENT, "cannot read %s", "a"));
    ck_assert(!error_context(&e, "image %s", "b"));
    ck_assert_str_eq(e.message, "image b: cannot read a: No such file or directory");
    ck_assert_int_eq(e.code, ERROR_RUN);
    error_clear(&e);
    ck_assert(!error_is_set(&e));
    error_clear(&e);
}
END_TEST

START_TEST(errors_are_printable)
{
    struct error e = ERROR_INIT;
    error_set(&e, ERROR_RUN, "no \"%s\"", "a\nb\033[2J\377\303\244\\");
    error_context(&e, "%s", "\r");
    ck_assert_str_eq(e.message, "\\x0d: no \"a\\x0ab\\x1b[2J\\xff\303\244\\\"");
    error_clear(&e);
    error_set_lines(&e, ERROR_USAGE, "a:1:1: \t\nb:1:1: x");
    ck_assert_str_eq(e.message, "a:1:1: \\x09\nb:1:1: x");
    ck_assert_int_eq(e.code, ERROR_USAGE);
    error_clear(&e);
}
END_TEST

START_TEST(pool_keeps_one_copy)
{
    struct pool *p = pool_new();
    char again[] = "musl";
    ck_assert_ptr_eq(pool_intern(p, "musl"), pool_intern(p, again));
    ck_assert_ptr_ne(pool_intern(p, "musl"), pool_intern(p, "glibc"));
    ck_assert_ptr_null(pool_intern(p, NULL));
    ck_assert_ptr_eq(pool_printf(p, "mu%s", "sl"), pool_intern_n(p, "muslin", 4));
    for (int i = 0; i < 5000; i++) /* past several growths */
        ck_assert_ptr_eq(pool_printf(p, "text %d", i), pool_printf(p, "text %d", i));
    char *big = pool_alloc(p, 1 << 20);
    ck_assert_int_eq(big[(1 << 20) - 1], 0);
    pool_free(p);
    pool_free(NULL);
}
END_TEST

START_TEST(array_grows)
{
    int *items = NULL;
    size_t count = 0;
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(*ARRAY_ADD(&items, &count), 0);
        items[i] = i;
    }
    ck_assert_uint_eq(count, 1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items[i], i);
    free(items);
}
END_TEST

START_TEST(text_escapes_foreign_bytes)
{
    static const struct {
        const char *bytes, *shown;
    } rows[] = {
        {"plain", "plain"},
        {"a\nb", "a\\x0ab"},
        {"\033[31m", "\\x1b[31m"},
        {"back\\slash", "back\\\\slash"},
        {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
        {"\xc0\x80", "\\xc0\\x80"},                   /* overlong */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond U+10FFFF */
        {"\xc2\x85", "\\xc2\\x85"},                   /* C1 control */
        {"cut \xe2\x82", "cut \\xe2\\x82"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEANUP_TEXT struct text t = TEXT_INIT;
        text_add_printable(&t, rows[i].bytes, strlen(rows[i].bytes));
        ck_assert_str_eq(text_get(&t), rows[i].shown);
    }
    CLEANUP_TEXT struct text t = TEXT_INIT;
    text_add_printable(&t, "a\0b", 3);
    ck_assert_str_eq(text_get(&t), "a\\x00b");
}
END_TEST

START_TEST(text_grows)
{
    struct text t = TEXT_INIT;
    ck_assert_str_eq(text_get(&t), "");
    for (int i = 0; i < 300; i++)
        text_printf(&t, "%03d,", i);
    ck_assert_uint_eq(t.length, 1200);
    ck_assert_str_eq(t.data + 1196, "299,");
    CLEANUP_FREE char *taken = text_take(&t);
    ck_assert_uint_eq(strlen(taken), 1200);
    ck_assert_str_eq(text_get(&t), "");
}
END_TEST

START_TEST(versions_compare_by_number)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"1.2.4", "1.2.4", 0},
        {"1.2.10", "1.2.4", 1},
        {"1.2", "1.2.0", 0},
        {"2.36", "2.4", 1},
        {"2.9", "2.36", -1},
        {"1.2.4_git20230717", "1.2.4", 1},
        {"1.2.4_git20230717", "1.2.5", -1},
        {"01.2", "1.2", 0},
        {"10", "9", 1},
        {"99999999999999999999.1", "99999999999999999998.9", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int order = version_compare(rows[i].a, rows[i].b),
            back = version_compare(rows[i].b, rows[i].a);
        ck_assert_msg((order > 0) - (order < 0) == rows[i].order, "%s %s: %d", rows[i].a, rows[i].b,
                      order);
        ck_assert_int_eq((back > 0) - (back < 0), -rows[i].order);
    }
    ck_assert(version_valid("2.36") && !version_valid("v2") && !version_valid(""));
}
END_TEST

START_TEST(digests_are_sha256)
{
    char text[SHA256_TEXT_SIZE];
    sha256_of("abc", 3, text);
    ck_assert_str_eq(text,
                     "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert(sha256_valid(text));
    text[10] = 'G';
    ck_assert(!sha256_valid(text) && !sha256_valid("sha256:") && !sha256_valid("md5:00"));
    struct error e = ERROR_INIT;
    ck_assert(!sha256_of_file("/nonexistent", text, NULL, &e));
    ck_assert_str_eq(e.message, "cannot read /nonexistent: No such file or directory");
    error_clear(&e);
}
END_TEST

START_TEST(files_are_published_whole)
{
    char dir[] = "/tmp/plimsoll-base-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *deep = must_printf("%s/a/b/c", dir), *path = must_printf("%s/file", deep);
    ck_assert(file_make_dirs(deep, &e) && file_make_dirs(deep, &e));
    ck_assert(file_publish(path, "one", 3, &e) && file_publish(path, "second", 6, &e));
    size_t length = 0;
    CLEANUP_FREE char *read = file_read(path, 6, &length, &e);
    ck_assert_str_eq(read, "second");
    ck_assert_uint_eq(length, 6);
    ck_assert_ptr_null(file_read(path, 5, &length, &e));
    ck_assert_int_eq(e.code, ERROR_RUN);
    error_clear(&e);
    CLEANUP_FREE char *nowhere = must_printf("%s/none/file", dir);
    ck_assert(!file_publish(nowhere, "x", 1, &e));
    error_clear(&e);
    chmod(deep, 0);
    ck_assert(file_remove_tree(dir, &e));
    ck_assert_int_eq(access(dir, F_OK), -1);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    struct error e = ERROR_INIT;
    ck_assert(!file_publish("/dev/full", "x", 1, &e));
    ck_assert_str_eq(e.message, "cannot write /dev/full: No space left on device");
    error_clear(&e);
}
END_TEST

START_TEST(a_failing_command_says_why)
{
    struct error e = ERROR_INIT;
    struct command c;
    char shell[] = "/bin/sh", flag[] = "-c",
         script[] = "echo out; echo \"no \033[1m luck\" >&2; exit 7";
    ck_assert(command_start(&c, (char *[]){shell, flag, script, NULL}, &e));
    ck_assert_ptr_null(command_finish(&c, 100, NULL, &e));
    ck_assert_str_eq(e.message, "/bin/sh ended with status 7: no \\x1b[1m luck");
    error_clear(&e);
}
END_TEST

START_TEST(commands_end_as_they_end)
{
    struct error e = ERROR_INIT;
    struct command c;
    char echo[] = "/bin/echo", hi[] = "hi", no[] = "/bin/false", none[] = "/nonexistent";
    ck_assert(command_start(&c, (char *[]){echo, hi, NULL}, &e));
    CLEANUP_FREE char *output = command_finish(&c, 100, NULL, &e);
    ck_assert_str_eq(output, "hi\n");
    ck_assert(command_start(&c, (char *[]){echo, hi, NULL}, &e));
    ck_assert_ptr_null(command_finish(&c, 2, NULL, &e));
    error_clear(&e);
    ck_assert(command_start(&c, (char *[]){no, NULL}, &e));
    ck_assert_ptr_null(command_finish(&c, 100, NULL, &e));
    ck_assert_str_eq(e.message, "/bin/false ended with status 1");
    error_clear(&e);
    ck_assert(!command_start(&c, (char *[]){none, NULL}, &e));
    error_clear(&e);
    command_stop(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, error_grows_context);
    tcase_add_test(tests, errors_are_printable);
    tcase_add_test(tests, pool_keeps_one_copy);
    tcase_add_test(tests, array_grows);
    tcase_add_test(tests, text_escapes_foreign_bytes);
    tcase_add_test(tests, text_grows);
    tcase_add_test(tests, versions_compare_by_number);
    tcase_add_test(tests, digests_are_sha256);
    tcase_add_test(tests, files_are_published_whole);
    tcase_add_test(tests, a_full_disk_is_an_error);
    tcase_add_test(tests, commands_end_as_they_end);
    tcase_add_test(tests, a_failing_command_says_why);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
