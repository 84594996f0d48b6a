/* SPDX-License-Identifier: Apache-2.0 */
/* Pinned facts, probes that do not start, and what is blamed on them. */
#include "matrices/judge_fixture.h"

#define TIME_RULES \
    "checks:\n" \
    "  exec.start:\n" \
    "    - value: ok\n" \
    "    - {when: {flavor: musl-dynamic, image-libc: [glibc, none]}, value: no-loader}\n" \
    "    - {when: {flavor: glibc-dynamic, image-libc: [musl, none]}, value: no-loader}\n" \
    "  time.tz:\n" \
    "    - {when: {tzdata: present}, value: CEST}\n" \
    "    - {when: {tzdata: absent}, value: UTC}\n" \
    "  dns.a:\n" \
    "    - value: a\n" \
    "    - {when: {shell: absent}, value: no shell}\n" \
    "  image.tzdata: [{any: true}]\n" \
    "  image.shell: [{any: true}]\n" \
    "  image.libc: [{any: true}]\n" \
    "  image.libc-version: [{any: true}]\n"

static void facts(struct image *image, const char *tzdata, const char *libc)
{
    add_fact(image, "image-libc", libc);
    add_fact(image, "image-libc-version", "2.36");
    add_fact(image, "shell", "dash");
    add_fact(image, "tzdata", tzdata);
    size_t cell = add_cell(FLAVOR_NONE);
    observe(cell, "image.libc", libc);
    observe(cell, "image.libc-version", "2.36");
    observe(cell, "image.shell", "dash");
    observe(cell, "image.tzdata", tzdata);
}

START_TEST(facts_decide_without_pins)
{
    rules(TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    size_t cell = add_cell(GLIBC_STATIC);
    observe(cell, "exec.start", "ok");
    observe(cell, "dns.a", "a");
    observe(cell, "time.tz", "UTC");
    judge();
    ck_assert_uint_eq(judgement->counts[VERDICT_PASS], judgement->verdict_count);
    ck_assert_uint_eq(judgement->cause_count, 0);
}
END_TEST

START_TEST(a_broken_pin_is_the_cause_of_what_it_breaks)
{
    rules("images:\n  base: {ref: x, facts: {tzdata: present, shell: dash}}\n" TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    size_t image = run->cell_count - 1, cell = add_cell(GLIBC_STATIC);
    observe(cell, "exec.start", "ok");
    observe(cell, "dns.a", "b"); /* has nothing to do with it */
    observe(cell, "time.tz", "UTC");
    judge();
    ck_assert_uint_eq(judgement->cause_count, 1);
    const struct cause *cause = &judgement->causes[0];
    ck_assert_str_eq(cause->text, "tzdata is absent, and m.yaml:3:34 pins it as present");
    ck_assert_str_eq(cause->fact, "tzdata");
    ck_assert_str_eq(cause->rule, "m.yaml:3:34");
    ck_assert_uint_eq(cause->divergence_count, 2);
    expect(image, "image.tzdata", VERDICT_DIVERGED);
    expect(image, "image.shell", VERDICT_PASS);
    ck_assert_str_eq(row_of(image, "image.tzdata")->expected, "\"present\"");
    ck_assert_str_eq(row_of(image, "image.tzdata")->rule, "m.yaml:3:34");
    ck_assert_uint_eq(row_of(image, "image.tzdata")->cause, 0);
    ck_assert_str_eq(row_of(cell, "time.tz")->expected, "\"CEST\"");
    ck_assert_uint_eq(row_of(cell, "time.tz")->cause, 0);
    expect(cell, "dns.a", VERDICT_DIVERGED);
    ck_assert_uint_eq(row_of(cell, "dns.a")->cause, SIZE_MAX);
    ck_assert_int_eq(judgement_exit_code(judgement), 1);
}
END_TEST

START_TEST(two_broken_pins_are_two_causes)
{
    rules("images:\n  base: {facts: {tzdata: present, shell: absent}}\n" TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    size_t cell = add_cell(GLIBC_STATIC);
    observe(cell, "exec.start", "ok");
    observe(cell, "dns.a", "a");
    observe(cell, "time.tz", "UTC");
    judge();
    ck_assert_uint_eq(judgement->cause_count, 2);
    ck_assert_str_eq(judgement->causes[row_of(cell, "dns.a")->cause].fact, "shell");
    ck_assert_str_eq(judgement->causes[row_of(cell, "time.tz")->cause].fact, "tzdata");
}
END_TEST

START_TEST(pins_count_for_their_image_only)
{
    rules("images:\n  other: {ref: y, facts: {tzdata: present}}\n" TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    judge();
    ck_assert_uint_eq(judgement->counts[VERDICT_PASS], 4);
}
END_TEST

static void absent_cell(enum flavor flavor, const char *start)
{
    size_t cell = add_cell(flavor);
    observe(cell, "exec.start", start);
    observe_status(cell, "dns.a", STATUS_ABSENT, start);
    observe_status(cell, "time.tz", STATUS_ABSENT, start);
}

START_TEST(no_start_as_expected_is_neutral)
{
    rules(TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    absent_cell(MUSL_DYNAMIC, "no-loader");
    judge();
    ck_assert_uint_eq(judgement->counts[VERDICT_PASS], 5);
    ck_assert_uint_eq(judgement->counts[VERDICT_ABSENT], 2);
    ck_assert_uint_eq(judgement->cause_count, 0);
    ck_assert_int_eq(judgement_exit_code(judgement), 0);
}
END_TEST

START_TEST(no_start_is_one_divergence)
{
    rules(TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    size_t image = run->cell_count;
    absent_cell(GLIBC_DYNAMIC, "missing-library libc.so.6");
    judge();
    ck_assert_uint_eq(judgement->counts[VERDICT_DIVERGED], 1);
    ck_assert_uint_eq(judgement->counts[VERDICT_ABSENT], 2);
    ck_assert_uint_eq(judgement->cause_count, 1);
    ck_assert_ptr_null(judgement->causes[0].fact);
    ck_assert_uint_eq(judgement->causes[0].divergence_count, 1);
    ck_assert_str_eq(judgement->causes[0].text, "glibc-dynamic probes do not start: "
                                                "missing-library libc.so.6, expected \"ok\"");
    ck_assert_uint_eq(row_of(image, "dns.a")->cause, 0);
    ck_assert_uint_eq(row_of(image, "exec.start")->cause, 0);
}
END_TEST

START_TEST(no_start_because_of_a_pin_has_the_pins_cause)
{
    rules("images:\n  base: {facts: {image-libc: glibc}}\n" TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "none");
    size_t cell = run->cell_count;
    absent_cell(GLIBC_DYNAMIC, "no-loader");
    judge();
    ck_assert_uint_eq(judgement->cause_count, 1);
    ck_assert_str_eq(judgement->causes[0].text,
                     "image-libc is none, and m.yaml:3:30 pins it as glibc");
    ck_assert_uint_eq(judgement->causes[0].divergence_count, 2);
    ck_assert_uint_eq(row_of(cell, "time.tz")->cause, 0);
}
END_TEST

START_TEST(absent_without_a_reason_is_not_passed_over)
{
    rules(TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    size_t cell = add_cell(GLIBC_STATIC);
    observe_status(cell, "dns.a", STATUS_ABSENT, "?");
    options.selected_count = 1;
    judge();
    expect(cell, "exec.start", VERDICT_MISSING);
    ck_assert_uint_eq(judgement->verdict_count, 6);
}
END_TEST

START_TEST(unobserved_checks_of_a_cell_that_does_not_start_are_absent)
{
    rules(TIME_RULES);
    facts(add_image("base", "linux/amd64"), "absent", "glibc");
    size_t cell = add_cell(MUSL_DYNAMIC);
    observe(cell, "exec.start", "no-loader");
    judge();
    expect(cell, "dns.a", VERDICT_ABSENT);
    expect(cell, "time.tz", VERDICT_ABSENT);
    ck_assert_str_eq(row_of(cell, "dns.a")->observed, "no-loader");
}
END_TEST

static void add(TCase *t)
{
    tcase_add_test(t, facts_decide_without_pins);
    tcase_add_test(t, a_broken_pin_is_the_cause_of_what_it_breaks);
    tcase_add_test(t, two_broken_pins_are_two_causes);
    tcase_add_test(t, pins_count_for_their_image_only);
    tcase_add_test(t, no_start_as_expected_is_neutral);
    tcase_add_test(t, no_start_is_one_divergence);
    tcase_add_test(t, no_start_because_of_a_pin_has_the_pins_cause);
    tcase_add_test(t, absent_without_a_reason_is_not_passed_over);
    tcase_add_test(t, unobserved_checks_of_a_cell_that_does_not_start_are_absent);
}

int main(void)
{
    return run_suite("cause", add);
}
