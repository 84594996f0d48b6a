/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/base/stream.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char directory[256];

static void make_directory(void)
{
    snprintf(directory, sizeof directory, "%s/plimsoll-stream-XXXXXX", P_tmpdir);
    ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void remove_directory(void)
{
    struct error e = ERROR_INIT;
    ck_assert(file_remove_tree(directory, &e));
}

static size_t count_entries(void)
{
    DIR *dir = opendir(directory);
    size_t count = 0;
    ck_assert_ptr_nonnull(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

START_TEST(whole_or_as_before)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/file", directory);
    CLEANUP_FREE char *row = must_calloc(1001, 1);
    memset(row, 'r', 1000);
    ck_assert(file_publish(path, "old", 3, &e));
    for (int publish = 0; publish < 2; publish++) {
        struct stream s;
        ck_assert(stream_open(&s, path, &e));
        for (size_t i = 0; i < 1000; i++) {
            text_add(&s.buffer, row);
            ck_assert(stream_drain(&s, &e));
            ck_assert_uint_lt(s.buffer.length, 1000 * 1000);
        }
        CLEANUP_FREE char *before = file_read(path, 1 << 21, NULL, &e);
        ck_assert_str_eq(before, "old");
        ck_assert(!publish || stream_publish(&s, &e));
        stream_close(&s);
        ck_assert_uint_eq(count_entries(), 1);
    }
    size_t length;
    CLEANUP_FREE char *after = file_read(path, 1 << 21, &length, &e);
    ck_assert_uint_eq(length, 1000 * 1000);
    struct stat st;
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0600, 0600);
}
END_TEST

START_TEST(no_target)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/none/file", directory);
    struct stream s;
    ck_assert(!stream_open(&s, path, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "cannot write"));
    stream_close(&s);
    error_clear(&e);
}
END_TEST

START_TEST(device)
{
    struct error e = ERROR_INIT;
    struct stream s;
    ck_assert(stream_open(&s, "/dev/null", &e));
    text_add(&s.buffer, "gone");
    ck_assert(stream_publish(&s, &e));
    stream_close(&s);
    struct stat st;
    ck_assert_int_eq(stat("/dev/null", &st), 0);
    ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("stream");
    tcase_add_checked_fixture(tests, make_directory, remove_directory);
    tcase_add_test(tests, whole_or_as_before);
    tcase_add_test(tests, no_target);
    tcase_add_test(tests, device);
    Suite *suite = suite_create("stream");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
