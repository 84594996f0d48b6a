/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/size.h"

#include <check.h>
#include <stdlib.h>

START_TEST(sizes_are_read)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},          {"1500", 1500},         {"12B", 12},         {"1K", 1024},
                {"20M", 20 << 20}, {"1.5GiB", 3ULL << 29}, {"2tb", 2ULL << 40}, {".5k", 512}};
    static const char *const bad[] = {
        "",     "G",    "-1",  "1.2.3",    ".",   "1 G", "1X",
        "1Gi?", "0x10", "1e3", "9999999T", "1GG", "1iB", "1000000000000000000000000"};
    uint64_t bytes;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(size_parse(good[i].text, &bytes), "%s", good[i].text);
        ck_assert_uint_eq(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!size_parse(bad[i], &bytes), "%s", bad[i]);
}
END_TEST

START_TEST(sizes_are_written)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {{0, "0 B"},
                 {1023, "1023 B"},
                 {1024, "1.0 KiB"},
                 {1536, "1.5 KiB"},
                 {1048575, "1.0 MiB"},
                 {27168768, "25.9 MiB"},
                 {1ULL << 40, "1.0 TiB"},
                 {UINT64_MAX, "16777216.0 TiB"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SIZE_TEXT_SIZE];
        size_print(cases[i].bytes, text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("size");
    tcase_add_test(c, sizes_are_read);
    tcase_add_test(c, sizes_are_written);
    Suite *s = suite_create("size");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
