/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/interval.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct pool *pool;

static void set_up(void)
{
    pool = pool_new();
}

static void tear_down(void)
{
    pool_free(pool);
}

static struct intervals parsed(const char *text)
{
    struct intervals v;
    const char *wrong = intervals_parse(pool, text, &v);
    ck_assert_msg(!wrong, "%s: %s", text, wrong);
    return v;
}

static const struct {
    const char *text, *version;
    bool within;
} table[] = {
    {"<1.2.4", "1.2.3", true},
    {"<1.2.4", "1.2.4", false},
    {"<1.2.4", "1.2.4_git20230717", false},
    {"<1.2.4", "1.2.10", false},
    {"<=1.2.4", "1.2.4", true},
    {"<=1.2.4", "1.2.4_git20230717", false},
    {">1.2.4", "1.2.4_git20230717", true},
    {">=2.35,<2.41", "2.35", true},
    {">=2.35,<2.41", "2.36.9000", true},
    {">=2.35,<2.41", "2.41", false},
    {">=2.35,<2.41", "2.4", false},
    {">= 2.35 , < 2.41", "2.40", true},
    {"2.36", "2.36", true},
    {"2.36", "2.36.0", true},
    {"2.36", "2.36.1", false},
    {"=2.36", "2.36", true},
    {"==2.36", "2.37", false},
};

START_TEST(contain_what_they_say)
{
    struct intervals v = parsed(table[_i].text), rest = intervals_without(pool, &v);
    ck_assert_msg(intervals_contain(&v, table[_i].version) == table[_i].within, "%s %s",
                  table[_i].text, table[_i].version);
    ck_assert_msg(intervals_contain(&rest, table[_i].version) != table[_i].within, "not %s %s",
                  table[_i].text, table[_i].version);
}
END_TEST

static const char *const wrong[] = {
    "",    "<",     "x",     "<x", "<<1",   "=<1",    "=>2.3",       "<1.2,",
    ",<1", "1.2/3", "<1 .2", "!1", ">1,<1", ">=2,<2", ">2.41,<2.35", "<1;>2",
};

START_TEST(refuse_what_is_none)
{
    struct intervals v;
    ck_assert_msg(intervals_parse(pool, wrong[_i], &v) != NULL, "\"%s\"", wrong[_i]);
}
END_TEST

/* Random sets over few versions, held against membership version by version. */
START_TEST(algebra_agrees_with_membership)
{
    static const char *const ends[] = {"1", "1.5", "2", "2.0.1", "3"};
    static const char *const points[] = {"0.9",   "1",       "1.2",   "1.5", "1.9", "2",
                                         "2.0.0", "2.0.0.5", "2.0.1", "2.5", "3",   "4"};
    static const char *const signs[] = {"<", "<=", ">", ">=", "="};
    srand(1);
    for (int round = 0; round < 2000; round++) {
        struct intervals set[2];
        for (int k = 0; k < 2; k++) {
            set[k] = intervals_without(pool, &(struct intervals){NULL, 0});
            for (int n = rand() % 4; n > 0; n--) {
                CLEANUP_FREE char *text = must_printf("%s%s", signs[rand() % 5], ends[rand() % 5]);
                struct intervals one = parsed(text);
                if (rand() % 2)
                    one = intervals_without(pool, &one);
                set[k] = intervals_both(pool, &set[k], &one);
            }
        }
        struct intervals both = intervals_both(pool, &set[0], &set[1]);
        struct intervals rest = intervals_without(pool, &both);
        for (size_t p = 0; p < sizeof points / sizeof *points; p++) {
            bool expected =
                intervals_contain(&set[0], points[p]) && intervals_contain(&set[1], points[p]);
            ck_assert_int_eq(intervals_contain(&both, points[p]), expected);
            ck_assert_int_eq(intervals_contain(&rest, points[p]), !expected);
        }
    }
}
END_TEST

START_TEST(nothing_lies_in_none)
{
    struct intervals all = intervals_all(pool), none = intervals_without(pool, &all);
    ck_assert_uint_eq(none.count, 0);
    all = intervals_without(pool, &none);
    ck_assert_uint_eq(all.count, 1);
    ck_assert(intervals_contain(&all, "0"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("interval");
    TCase *t = tcase_create("versions");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, contain_what_they_say, 0, (int)(sizeof table / sizeof *table));
    tcase_add_loop_test(t, refuse_what_is_none, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(t, algebra_agrees_with_membership);
    tcase_add_test(t, nothing_lies_in_none);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
