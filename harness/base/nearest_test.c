/* SPDX-License-Identifier: Apache-2.0 */
/* Spellings: the word that was meant. */
#include "harness/base/nearest.h"
#include "harness/base/pool.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *word, *hint;
} table[] = {
    {"libcversion", " (did you mean \"libc-version\"?)"},
    {"libc-verison", " (did you mean \"libc-version\"?)"},
    {"musk", " (did you mean \"musl\"?)"},
    {"msul", " (did you mean \"musl\"?)"},
    {"glib", " (did you mean \"glibc\"?)"},
    {"gl", ""},
    {"completely-else", ""},
    {"", ""},
    {"musl", " (did you mean \"musl\"?)"},
};

START_TEST(the_nearest_word_is_offered)
{
    static const char *const known[] = {"libc", "glibc", "musl", "libc-version", "os-version"};
    struct nearest nearest = {.word = table[_i].word};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        nearest_offer(&nearest, known[i]);
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    ck_assert_str_eq(hint, table[_i].hint);
}
END_TEST

START_TEST(long_words_are_not_compared)
{
    CLEANUP_FREE char *word = must_calloc(100001, 1);
    memset(word, 'a', 100000);
    struct nearest nearest = {.word = word};
    nearest_offer(&nearest, "aaaa");
    nearest_offer(&nearest, word);
    CLEANUP_FREE char *hint = nearest_hint(&nearest);
    ck_assert_str_eq(hint, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tests = tcase_create("nearest");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_nearest_word_is_offered, 0, sizeof table / sizeof *table);
    tcase_add_test(tests, long_words_are_not_compared);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
