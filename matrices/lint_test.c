/* SPDX-License-Identifier: Apache-2.0 */
/* What lint finds, and what it must not find. */
#include "harness/base/text.h"
#include "matrices/judge_fixture.h"

static struct pool *pool;
static struct lint_finding *found;
static size_t found_count, fault_count;

static void lint(bool with_catalogue)
{
    pool = pool_new();
    fault_count = matrix_lint(matrix, run->checks, with_catalogue ? run->check_count : 0, NOW, pool,
                              &found, &found_count);
}

static void lint_done(void)
{
    free(found);
    pool_free(pool);
}

static const struct {
    const char *rules; /* of dns.a, each on its own line from line 4 on */
    const char *kinds; /* of the findings, with their lines */
} table[] = {
    {"    - value: a\n    - {when: {libc: musl}, value: b}\n", ""},
    /* neither is narrower, both can match */
    {"    - {when: {libc: musl}, value: a}\n    - {when: {emulated: true}, value: b}\n",
     "5 collision "},
    {"    - {when: {tzdata: absent}, value: a}\n    - {when: {shell: absent}, value: b}\n",
     "5 collision "},
    {"    - {when: {libc-version: \"<2\"}, value: a}\n    - {when: {libc-version: \">1\"}, value: "
     "b}\n",
     "5 collision "},
    {"    - {when: {image: \"a*\"}, value: a}\n    - {when: {image: \"*b\"}, value: b}\n",
     "5 collision "},
    {"    - {when: {tzdata: \"!absent\"}, value: a}\n    - {when: {tzdata: \"!present\"}, value: "
     "b}\n",
     "5 collision "},
    {"    - {when: {libc: musl}, value: a}\n    - {when: {bits: 32}, value: b}\n"
     "    - {when: {endian: big}, value: c}\n",
     "5 collision 6 collision "}, /* no platform is 32 bit and big */
    /* the same cells in other words */
    {"    - {when: {libc: musl}, value: a}\n    - {when: {flavor: [musl-static, glibc-static]}, "
     "value: b}\n",
     "5 collision "},
    /* nothing in common */
    {"    - {when: {libc: musl}, value: a}\n    - {when: {libc: glibc}, value: b}\n", ""},
    {"    - {when: {libc: musl}, value: a}\n    - {when: {flavor: glibc-static}, value: b}\n", ""},
    {"    - {when: {arch: amd64}, value: a}\n    - {when: {bits: 32}, value: b}\n", ""},
    {"    - {when: {libc-version: \"<2\"}, value: a}\n    - {when: {libc-version: \">=2\"}, value: "
     "b}\n",
     ""},
    {"    - {when: {tzdata: absent}, value: a}\n    - {when: {tzdata: [present, partial]}, value: "
     "b}\n",
     ""},
    {"    - {when: {image: \"a*\"}, value: a}\n    - {when: {image: \"b*\"}, value: b}\n", ""},
    {"    - {when: {emulated: false, shell: a}, value: a}\n"
     "    - {when: {emulator-version: \"<8\"}, value: b}\n",
     ""},
    /* the same said twice is no collision */
    {"    - {when: {libc: musl}, value: a}\n    - {when: {emulated: true}, value: a}\n", ""},
    /* a third rule decides where both hold */
    {"    - {when: {libc: musl}, value: a}\n    - {when: {emulated: true}, value: b}\n"
     "    - {when: {libc: musl, emulated: true}, value: c}\n",
     ""},
    {"    - {when: {libc: musl}, value: a}\n    - {when: {emulated: true}, value: b}\n"
     "    - {when: {libc: musl, emulated: true, linkage: static}, value: c}\n"
     "    - {when: {libc: musl, emulated: true, linkage: dynamic}, value: c}\n",
     ""},
    {"    - {when: {libc: musl}, value: a}\n    - {when: {emulated: true}, value: b}\n"
     "    - {when: {libc: musl, emulated: true, linkage: static}, value: c}\n",
     "5 collision "},
    /* where the version is not known none of the third ones holds */
    {"    - {when: {libc: musl}, value: a}\n    - {when: {emulated: true}, value: b}\n"
     "    - {when: {libc: musl, emulated: true, libc-version: \"<2\"}, value: c}\n"
     "    - {when: {libc: musl, emulated: true, libc-version: \">=2\"}, value: c}\n",
     "5 collision "},
    /* rules that cannot match, or never win */
    {"    - value: a\n    - {when: {libc: musl, flavor: glibc-static}, value: b}\n",
     "5 never matches "},
    {"    - value: a\n    - {when: {arch: amd64, endian: big}, value: b}\n", "5 never matches "},
    {"    - value: a\n    - {when: {emulated: false, emulator-version: \"<8\"}, value: b}\n",
     "5 never matches "},
    {"    - value: a\n    - {when: {libc: none}, value: b}\n", "5 never matches "},
    {"    - value: a\n    - {when: {image: [\"!*\"]}, value: b}\n", "5 never matches "},
    {"    - value: a\n    - {when: {libc: musl}, value: b}\n    - {when: {libc: glibc}, value: "
     "c}\n",
     "4 never used "},
    {"    - {when: {libc: musl}, value: a}\n    - {when: {flavor: musl-static}, value: b}\n"
     "    - {when: {flavor: musl-dynamic}, value: c}\n",
     "4 never used "},
    {"    - value: a\n    - {when: {tzdata: absent}, value: b}\n"
     "    - {when: {tzdata: \"!absent\"}, value: c}\n",
     ""}, /* it holds where the fact is not known */
    /* excuses */
    {"    - {value: a, class: known}\n", "4 no reason "},
    {"    - {class: skip, reason: \"\"}\n", "4 no reason "},
    {"    - {value: a, class: flaky, reason: r, expires: 2025-12-31}\n", "4 expired "},
    {"    - {value: a, class: flaky, reason: r, expires: 2026-01-01}\n", ""},
};

START_TEST(findings)
{
    CLEANUP_FREE char *yaml = must_printf("checks:\n  dns.a:\n%s", table[_i].rules);
    char *kinds = must_strdup("");
    rules(yaml);
    lint(false);
    for (size_t i = 0; i < found_count; i++) {
        char *longer = must_printf("%s%u %s ", kinds, found[i].line, found[i].kind);
        free(kinds);
        kinds = longer;
    }
    ck_assert_msg(strcmp(kinds, table[_i].kinds) == 0, "%s\n%s: not %s", yaml, kinds,
                  table[_i].kinds);
    free(kinds);
    lint_done();
}
END_TEST

START_TEST(a_finding_says_where_and_why)
{
    rules("checks:\n  dns.a:\n    - {when: {libc: musl}, value: a}\n"
          "    - {when: {emulated: true}, value: b}\n");
    lint(false);
    ck_assert_uint_eq(fault_count, 1);
    ck_assert(found[0].fault);
    ck_assert_str_eq(found[0].file, "m.yaml");
    ck_assert_uint_eq(found[0].column, 7);
    ck_assert_str_eq(found[0].text,
                     "dns.a: this rule, when {emulated: true}, and the one at m.yaml:4:7, when "
                     "{libc: musl}, can hold for the same cell and expect different things; write "
                     "a rule with both conditions");
    lint_done();
}
END_TEST

START_TEST(names_are_held_against_the_catalogue)
{
    rules("images: {base: {facts: {tzdate: present}}}\n"
          "checks:\n  dns.a: [{value: a, when: {gconf: x}}]\n  dns.c: [{value: c}]\n");
    lint(true);
    ck_assert_uint_eq(fault_count, 3);
    size_t without_rule = 0;
    for (size_t i = 0; i < found_count; i++)
        without_rule += strcmp(found[i].kind, "no rule") == 0;
    ck_assert_uint_eq(without_rule, run->check_count - 1);
    lint_done();
}
END_TEST

/* Two to five rules with random conditions over four axes, each expecting something else. */
static char *random_rules(void)
{
    static const char *const axes[][4] = {
        {"", "libc: musl", "libc: glibc", "flavor: musl-static"},
        {"", "emulated: true", "emulated: false", "emulator-version: \"<8\""},
        {"", "tzdata: absent", "tzdata: \"!absent\"", "tzdata: [absent, partial]"},
        {"", "libc-version: \"<2\"", "libc-version: \">1\"", "libc-version: [\"<1\", \">=3\"]"},
    };
    struct text yaml = TEXT_INIT;
    text_add(&yaml, "plimsoll: 1\nchecks:\n  dns.a:\n");
    for (int n = 2 + rand() % 4; n > 0; n--) {
        const char *comma = "";
        text_add(&yaml, "    - {when: {");
        for (int a = 0; a < 4; a++) {
            const char *axis = axes[a][rand() % 4];
            text_printf(&yaml, "%s%s", *axis ? comma : "", axis);
            comma = *axis ? ", " : comma;
        }
        text_printf(&yaml, "}, value: v%d}\n", n);
    }
    return text_take(&yaml);
}

/* A cell of every kind that those axes tell apart. */
static void all_cells(void)
{
    static const char *const zones[] = {NULL, "absent", "partial", "present"};
    static const char *const versions[] = {NULL, "0.5", "1.5", "2", "3"};
    static const char *const emulators[] = {NULL, "7", "9"};
    for (int i = 0; i < 4 * 4 * 5 * 4; i++) {
        if (i % 80 == 0) {
            struct image *image = add_image("base", "linux/amd64");
            if (zones[i / 80])
                add_fact(image, "tzdata", zones[i / 80]);
        }
        size_t cell = add_cell((enum flavor)(i % 4));
        run->cells[cell].libc_version = versions[i / 4 % 5];
        run->cells[cell].runner.emulator = i / 20 % 4 ? "qemu" : NULL;
        run->cells[cell].runner.emulator_version = i / 20 % 4 ? emulators[i / 20 % 4 - 1] : NULL;
        observe(cell, "dns.a", "x");
    }
}

/* Without a fault no run can collide; with one some run does. */
START_TEST(lint_agrees_with_judging)
{
    int clean = 0, colliding = 0;
    srand((unsigned)_i + 1);
    for (int round = 0; round < 100; round++) {
        struct error e = ERROR_INIT;
        CLEANUP_FREE char *yaml = random_rules();
        tear_down();
        set_up();
        if (!matrix_load_text(matrix, "m.yaml", yaml, strlen(yaml), &e)) {
            ck_assert_ptr_nonnull(strstr(e.message, "the same `when`"));
            error_clear(&e);
            continue;
        }
        all_cells();
        judgement = judgement_new(run);
        bool collided = !matrix_judge(matrix, run, &options, judgement, &e), said = false;
        error_clear(&e);
        lint(false);
        for (size_t i = 0; i < found_count; i++)
            said |= strcmp(found[i].kind, "collision") == 0;
        lint_done();
        ck_assert_msg(collided == said, "%s\nlint %d, judge %d", yaml, said, collided);
        *(said ? &colliding : &clean) += 1;
    }
    ck_assert_int_gt(clean, 10);
    ck_assert_int_gt(colliding, 10);
}
END_TEST

static void add(TCase *t)
{
    LOOP(findings, table);
    tcase_add_test(t, a_finding_says_where_and_why);
    tcase_add_test(t, names_are_held_against_the_catalogue);
    tcase_add_loop_test(t, lint_agrees_with_judging, 0, 4);
}

int main(void)
{
    return run_suite("lint", add);
}
