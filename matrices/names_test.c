/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/names.h"

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

static const struct {
    const char *glob, *text;
    bool matches;
} table[] = {
    {"debian-12", "debian-12", true},
    {"debian-12", "debian-123", false},
    {"debian-*", "debian-12", true},
    {"debian-*", "debian-", true},
    {"*-slim", "debian-12-slim", true},
    {"*-slim", "debian-12-slims", false},
    {"*a*a*", "banana", true},
    {"b?n*", "banana", true},
    {"?", "", false},
    {"*", "", true},
    {"", "", true},
    {"**", "x", true},
    {"a*b*c", "a-b-b-c", true},
    {"a*b*c", "a-c-b", false},
    {"[a]", "a", false},
    {"docker://x/*", "docker://x/y:1", true},
};

START_TEST(globs_match)
{
    ck_assert_msg(glob_matches(table[_i].glob, table[_i].text) == table[_i].matches, "%s %s",
                  table[_i].glob, table[_i].text);
}
END_TEST

static struct names listed(bool globs, bool negated, const char *a, const char *b)
{
    struct names n = {.globs = globs, .all = negated};
    const char **list = pool_alloc(pool, 2 * sizeof *list);
    list[0] = a;
    list[1] = b;
    *(negated ? &n.out : &n.in) = list;
    *(negated ? &n.out_count : &n.in_count) = b ? 2 : 1;
    return n;
}

static const struct {
    const char *a, *b;
    bool within, apart; /* a in b; nothing in common */
} pairs[] = {
    {"debian-12", "debian-*", true, false},
    {"debian-*", "debian-12", false, false},
    {"debian-*", "*", true, false},
    {"*", "*", true, false},
    {"debian-*", "alpine-*", false, true},
    {"*-slim", "debian-*", false, false},
    {"a?", "a*", true, false},
    {"a*", "a?", false, false},
    {"a?c", "a?d", false, true},
    {"x*1", "x*2", false, true},
    {"a*", "*b", false, false},
    {"", "*", true, false},
    {"a", "a", true, false},
    {"a**", "a*", true, false},
};

START_TEST(globs_within_and_apart)
{
    struct names a = listed(true, false, pairs[_i].a, NULL);
    struct names b = listed(true, false, pairs[_i].b, NULL);
    struct names outside = names_minus(pool, &a, &b), common = names_both(pool, &a, &b);
    ck_assert_msg(names_empty(&outside) == pairs[_i].within, "%s in %s", pairs[_i].a, pairs[_i].b);
    ck_assert_msg(names_empty(&common) == pairs[_i].apart, "%s and %s", pairs[_i].a, pairs[_i].b);
}
END_TEST

static struct names random_names(void)
{
    static const char *const all[] = {"a", "b", "c", "d"};
    return listed(false, rand() % 2, all[rand() % 4], rand() % 2 ? all[rand() % 4] : NULL);
}

START_TEST(algebra_agrees_with_membership)
{
    static const char *const points[] = {"a", "b", "c", "d", "e"};
    srand(2);
    for (int round = 0; round < 3000; round++) {
        struct names a = random_names(), b = random_names(), c = random_names();
        struct names both = names_both(pool, &a, &b), left = names_minus(pool, &both, &c);
        bool any = false;
        for (int p = 0; p < 5; p++) {
            bool expected = names_contain(&a, points[p]) && names_contain(&b, points[p]) &&
                            !names_contain(&c, points[p]);
            ck_assert_int_eq(names_contain(&left, points[p]), expected);
            any |= expected;
        }
        ck_assert_int_eq(names_empty(&left), !any); /* "e" stands for all other names */
    }
}
END_TEST

/* Stars must not cost time beyond the product of the lengths. */
START_TEST(hostile_globs_end)
{
    CLEANUP_FREE char *text = must_calloc(257, 1);
    CLEANUP_FREE char *glob = must_calloc(257, 1);
    memset(text, 'a', 256);
    for (int i = 0; i < 254; i += 2)
        memcpy(glob + i, "*a", 2);
    strcat(glob, "*b");
    ck_assert(!glob_matches(glob, text));
    struct names a = listed(true, false, glob, NULL), b = listed(true, false, text, NULL);
    struct names common = names_both(pool, &a, &b);
    ck_assert(names_empty(&common));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("names");
    TCase *t = tcase_create("sets");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, globs_match, 0, (int)(sizeof table / sizeof *table));
    tcase_add_loop_test(t, globs_within_and_apart, 0, (int)(sizeof pairs / sizeof *pairs));
    tcase_add_test(t, algebra_agrees_with_membership);
    tcase_add_test(t, hostile_globs_end);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
