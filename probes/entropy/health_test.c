/* SPDX-License-Identifier: Apache-2.0 */
/* The health tests on fixed vectors, so that their failing branches are seen to work. */
#include "health.h"
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static unsigned char sample[HEALTH_SIZE];

/* SplitMix64: bytes that look random and are the same every time. */
static void fill_good(void)
{
    uint64_t state = 1;

    for (size_t i = 0; i < sizeof(sample); i += sizeof(state)) {
        uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));

        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        memcpy(sample + i, &z, sizeof(z));
    }
}

static void fill_counter(void)
{
    for (size_t i = 0; i < sizeof(sample); i++)
        sample[i] = (unsigned char)i;
}

START_TEST(good_bytes_pass)
{
    fill_good();
    ck_assert(health_repetition(sample, sizeof(sample)));
    ck_assert(health_proportion(sample, sizeof(sample)));
    ck_assert(health_balance(sample, sizeof(sample)));
}
END_TEST

START_TEST(constant_bytes_fail)
{
    memset(sample, 0xa5, sizeof(sample)); /* as many ones as zeros */
    ck_assert(!health_repetition(sample, sizeof(sample)));
    ck_assert(!health_proportion(sample, sizeof(sample)));
    ck_assert(health_balance(sample, sizeof(sample)));
    memset(sample, 0, sizeof(sample));
    ck_assert(!health_balance(sample, sizeof(sample)));
    memset(sample, 0xff, sizeof(sample));
    ck_assert(!health_balance(sample, sizeof(sample)));
}
END_TEST

/* These tests look for a source that is stuck, not for one that can be guessed. */
START_TEST(counter_passes)
{
    fill_counter();
    ck_assert(health_repetition(sample, sizeof(sample)));
    ck_assert(health_proportion(sample, sizeof(sample)));
    ck_assert(health_balance(sample, sizeof(sample)));
}
END_TEST

START_TEST(repetition_cut_off)
{
    fill_counter();
    memset(sample + 1000, 0x77, HEALTH_RUN - 1);
    ck_assert(health_repetition(sample, sizeof(sample)));
    sample[1000 + HEALTH_RUN - 1] = 0x77;
    ck_assert(!health_repetition(sample, sizeof(sample)));
}
END_TEST

START_TEST(repetition_at_the_ends)
{
    fill_counter();
    memset(sample, 0x77, HEALTH_RUN);
    ck_assert(!health_repetition(sample, sizeof(sample)));
    fill_counter();
    memset(sample + sizeof(sample) - HEALTH_RUN, 0x77, HEALTH_RUN);
    ck_assert(!health_repetition(sample, sizeof(sample)));
    ck_assert(health_repetition(sample, sizeof(sample) - 1));
    ck_assert(health_repetition(sample, 0));
}
END_TEST

/* Puts the first byte of the window at `start` into it `repeats` times in all. */
static void repeat_first(size_t start, int repeats)
{
    for (int i = 1; i < HEALTH_WINDOW; i++)
        sample[start + (size_t)i] =
            (unsigned char)(i < repeats ? sample[start] : sample[start] + 1);
}

START_TEST(proportion_cut_off)
{
    size_t last = sizeof(sample) - HEALTH_WINDOW;

    fill_good();
    repeat_first(last, HEALTH_REPEATS - 1);
    ck_assert(health_proportion(sample, sizeof(sample)));
    repeat_first(last, HEALTH_REPEATS);
    ck_assert(!health_proportion(sample, sizeof(sample)));
    ck_assert(health_proportion(sample, sizeof(sample) - 1)); /* no whole window any more */
}
END_TEST

START_TEST(balance_cut_off)
{
    size_t whole = HEALTH_BIAS / 8; /* 5793 = 8 * 724 + 1 */

    memset(sample, 0x55, sizeof(sample));
    memset(sample, 0xff, 2 * whole); /* four ones more each */
    ck_assert(health_balance(sample, sizeof(sample)));
    memset(sample + 2 * whole, 0xff, 2);
    ck_assert(!health_balance(sample, sizeof(sample)));
    memset(sample, 0x55, sizeof(sample));
    memset(sample, 0, 2 * whole);
    ck_assert(health_balance(sample, sizeof(sample)));
    memset(sample + 2 * whole, 0, 2);
    ck_assert(!health_balance(sample, sizeof(sample)));
}
END_TEST

/* A size that is no multiple of a word must not be read beyond. */
START_TEST(balance_of_odd_sizes)
{
    unsigned char *exact = malloc(13);

    ck_assert_ptr_nonnull(exact);
    memset(exact, 0xff, 13);
    ck_assert(health_balance(exact, 13));
    free(exact);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("health");
    TCase *cases = tcase_create("health");
    SRunner *runner;
    int failed;

    tcase_add_test(cases, good_bytes_pass);
    tcase_add_test(cases, constant_bytes_fail);
    tcase_add_test(cases, counter_passes);
    tcase_add_test(cases, repetition_cut_off);
    tcase_add_test(cases, repetition_at_the_ends);
    tcase_add_test(cases, proportion_cut_off);
    tcase_add_test(cases, balance_cut_off);
    tcase_add_test(cases, balance_of_odd_sizes);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
