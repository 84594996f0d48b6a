/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that arrive: right, too many, too few, others. */
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/bytes.h"
#include "harness/registry/content.h"
#include "harness/registry/suite.h"

#include <stdlib.h>
#include <unistd.h>

#define ABC "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

START_TEST(right_bytes_pass)
{
    struct content c = {.what = "it", .digest = ABC, .size = 3, .limit = 3, .fd = -1};
    struct error e = ERROR_INIT;
    ck_assert(content_add(&c, "ab", 2, &e) && content_add(&c, "c", 1, &e));
    ck_assert(content_finish(&c, &e));
    ck_assert_str_eq(c.memory.data, "abc");
    ck_assert_str_eq(c.actual, ABC);
    content_done(&c);
}
END_TEST

START_TEST(too_many_are_refused_at_once)
{
    struct content sized = {.what = "it", .size = 3, .limit = 100, .fd = -1};
    struct content limited = {.what = "it", .size = BYTES_ANY_SIZE, .limit = 3, .fd = -1};
    struct error e = ERROR_INIT;
    ck_assert(!content_admits(&sized, 4, &e));
    expect_error(&e, "it is longer than the 3 bytes");
    ck_assert(!content_add(&sized, "abcd", 4, &e));
    expect_error(&e, "it is longer than the 3 bytes");
    ck_assert(!content_add(&limited, "abcd", 4, &e));
    expect_error(&e, "it is larger than 3 bytes");
    ck_assert_int_eq(limited.have, 0);
    content_done(&sized);
    content_done(&limited);
}
END_TEST

START_TEST(too_few_and_others_are_told)
{
    struct content few = {.what = "it", .size = 4, .limit = 100, .fd = -1};
    struct content others = {.what = "it", .digest = ABC, .size = 3, .limit = 100, .fd = -1};
    struct error e = ERROR_INIT;
    ck_assert(content_add(&few, "abc", 3, &e) && !content_finish(&few, &e));
    expect_error(&e, "it has 3 bytes, not the 4");
    ck_assert(content_add(&others, "abd", 3, &e) && !content_finish(&others, &e));
    expect_error(&e, "it is damaged: its digest is sha256:");
    content_done(&few);
    content_done(&others);
}
END_TEST

START_TEST(a_file_starts_again)
{
    char path[] = "/tmp/plimsoll-content.XXXXXX";
    int fd = mkstemp(path);
    struct content c = {.what = "it", .digest = ABC, .size = 3, .fd = fd};
    struct error e = ERROR_INIT;
    ck_assert(content_add(&c, "xy", 2, &e) && content_restart(&c, &e));
    ck_assert_int_eq(c.have, 0);
    ck_assert(content_add(&c, "abc", 3, &e) && content_finish(&c, &e));
    CLEANUP_FREE char *text = file_read(path, 100, NULL, &e);
    ck_assert_str_eq(text, "abc");
    content_done(&c);
    close(fd);
    unlink(path);
}
END_TEST

START_TEST(nothing_has_a_digest_too)
{
    struct content c = {.what = "it", .size = 0, .fd = -1};
    struct error e = ERROR_INIT;
    ck_assert(content_finish(&c, &e));
    ck_assert_str_eq(c.actual, "sha256:"
                               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    content_done(&c);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("content");
    tcase_add_test(c, right_bytes_pass);
    tcase_add_test(c, too_many_are_refused_at_once);
    tcase_add_test(c, too_few_and_others_are_told);
    tcase_add_test(c, a_file_starts_again);
    tcase_add_test(c, nothing_has_a_digest_too);
    return run_suite("content", c);
}
