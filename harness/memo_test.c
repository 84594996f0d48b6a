/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered about files: until they change, and never when it is damaged. */
#include "harness/memo.h"
#include "harness/tar_fixture.h"

static char *dir, *file;
static struct memo memo;

static void set_up(void)
{
    dir = fixture_dir();
    file = must_printf("%s/file", dir);
    CLEANUP_FREE char *cache = must_printf("%s/cache", dir);
    fixture_text(dir, "file", "one");
    memo_open(&memo, cache);
    ck_assert_ptr_nonnull(memo.dir);
}

static void tear_down(void)
{
    memo_done(&memo);
    free(file);
    fixture_remove(dir);
}

static char *recall(const char *key)
{
    size_t length = 0;
    char *data = memo_recall(&memo, key, &length);
    ck_assert(!data || strlen(data) == length);
    return data;
}

START_TEST(a_file_is_known_until_it_changes)
{
    char key[SHA256_TEXT_SIZE], after[SHA256_TEXT_SIZE], other[SHA256_TEXT_SIZE];
    ck_assert(memo_file_key(&memo, "what", file, key));
    ck_assert_ptr_null(recall(key));
    memo_remember(&memo, key, "this", 4);
    CLEANUP_FREE char *data = recall(key);
    ck_assert_str_eq(data, "this");
    ck_assert(memo_file_key(&memo, "why", file, other));
    ck_assert_str_ne(key, other);
    fixture_text(dir, "file", "two");
    ck_assert(memo_file_key(&memo, "what", file, after));
    ck_assert_str_ne(key, after);
    ck_assert_ptr_null(recall(after));
    CLEANUP_FREE char *none = must_printf("%s/none", dir);
    ck_assert(!memo_file_key(&memo, "what", none, key));
}
END_TEST

START_TEST(damage_is_not_believed)
{
    static const char *const damage[] = {"echo x >>", "echo x >", "truncate -s 80", "truncate -s 0",
                                         "rm"};
    char key[SHA256_TEXT_SIZE];
    memo_key(&memo, "question", key);
    memo_remember(&memo, key, "an answer that is long enough", 29);
    CLEANUP_FREE char *command = must_printf("%s %s/%s", damage[_i], memo.dir, key + 7);
    CLEANUP_FREE char *good = recall(key);
    ck_assert_ptr_nonnull(good);
    ck_assert_int_eq(system(command), 0);
    ck_assert_ptr_null(recall(key));
}
END_TEST

START_TEST(digests_are_right_and_remembered)
{
    struct error e = ERROR_INIT;
    char digest[SHA256_TEXT_SIZE], again[SHA256_TEXT_SIZE], wanted[SHA256_TEXT_SIZE];
    sha256_of("one", 3, wanted);
    ck_assert(memo_digest(&memo, file, digest, &e) && memo_digest(&memo, file, again, &e));
    ck_assert_str_eq(digest, wanted);
    ck_assert_str_eq(again, wanted);
    fixture_text(dir, "file", "two");
    sha256_of("two", 3, wanted);
    ck_assert(memo_digest(&memo, file, digest, &e));
    ck_assert_str_eq(digest, wanted);
    CLEANUP_FREE char *none = must_printf("%s/none", dir);
    ck_assert(!memo_digest(&memo, none, digest, &e));
    error_clear(&e);
}
END_TEST

START_TEST(without_a_cache_nothing_is_remembered)
{
    struct error e = ERROR_INIT;
    struct memo none;
    char key[SHA256_TEXT_SIZE], digest[SHA256_TEXT_SIZE];
    size_t length;
    memo_open(&none, file); /* a file is no place for one */
    ck_assert_ptr_null(none.dir);
    memo_key(&none, "question", key);
    memo_remember(&none, key, "x", 1);
    ck_assert_ptr_null(memo_recall(&none, key, &length));
    ck_assert(!memo_file_key(&none, "what", file, key));
    ck_assert(memo_digest(&none, file, digest, &e));
    memo_done(&none);
}
END_TEST

START_TEST(texts_come_back)
{
    static const char *const texts[] = {"one", "", NULL, "=", "-x", NULL};
    CLEANUP_TEXT struct text t = TEXT_INIT;
    for (size_t i = 0; i < 6; i++)
        memo_add_text(&t, texts[i]);
    const char *cursor = t.data, *found;
    for (size_t i = 0; i < 6; i++) {
        ck_assert(memo_next_text(&cursor, t.data + t.length, &found));
        ck_assert(texts[i] ? found && strcmp(found, texts[i]) == 0 : !found);
    }
    ck_assert(!memo_next_text(&cursor, t.data + t.length, &found));
    cursor = "=no end";
    ck_assert(!memo_next_text(&cursor, cursor + 7, &found));
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("memo");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, a_file_is_known_until_it_changes);
    tcase_add_loop_test(c, damage_is_not_believed, 0, 5);
    tcase_add_test(c, digests_are_right_and_remembered);
    tcase_add_test(c, without_a_cache_nothing_is_remembered);
    tcase_add_test(c, texts_come_back);
    Suite *s = suite_create("memo");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
