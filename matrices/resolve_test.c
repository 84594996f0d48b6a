/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule holds in which cell. */
#include "matrices/judge_fixture.h"

#define ALL_RULES \
    "checks:\n" \
    "  dns.a:\n" \
    "    - value: default\n" \
    "    - {when: {libc: musl}, value: musl}\n" \
    "    - {when: {libc: musl, libc-version: \"<1.2.4\"}, value: old musl}\n" \
    "    - {when: {flavor: musl-static, libc-version: \"<1.2.4\"}, value: old static musl}\n" \
    "    - {when: {libc: musl, arch: [386, arm]}, value: small musl}\n" \
    "    - {when: {libc: musl, libc-version: \"<1.2.4\", bits: 32}, value: old small musl}\n" \
    "    - {when: {libc: glibc, emulated: true, emulator-version: \">=7,<8\"}, value: qemu 7}\n" \
    "    - {when: {libc: glibc, emulated: true}, value: qemu}\n" \
    "    - {when: {libc: glibc, image: \"special-*\"}, value: special}\n" \
    "    - {when: {libc: glibc, image: \"special-*\", emulated: true}, value: special qemu}\n" \
    "    - {when: {libc: glibc, image: special-1}, value: special 1}\n" \
    "    - {when: {libc: glibc, image: \"special-*\", emulated: true, emulator-version: " \
    "\">=7,<8\"}, value: special qemu}\n"

static const struct {
    enum flavor flavor;
    const char *version, *image, *platform, *emulator, *value;
} cells[] = {
    {GLIBC_DYNAMIC, "2.36", "base", "linux/amd64", NULL, "default"},
    {GLIBC_DYNAMIC, "2.36", "base", "linux/arm64", "7.2.22", "qemu 7"},
    {GLIBC_STATIC, "2.36", "base", "linux/arm64", "8.2", "qemu"},
    {GLIBC_STATIC, "2.36", "base", "linux/arm64", "?", "qemu"},
    {MUSL_DYNAMIC, "1.2.5", "base", "linux/amd64", NULL, "musl"},
    {MUSL_DYNAMIC, NULL, "base", "linux/amd64", NULL, "musl"},
    {MUSL_DYNAMIC, "1.2.3", "base", "linux/amd64", NULL, "old musl"},
    {MUSL_DYNAMIC, "1.2.4_git20230717", "base", "linux/amd64", NULL, "musl"},
    {MUSL_STATIC, "1.2.3", "base", "linux/amd64", NULL, "old static musl"},
    {MUSL_STATIC, "1.2.10", "base", "linux/amd64", NULL, "musl"},
    {MUSL_DYNAMIC, "1.2.5", "base", "linux/386", NULL, "small musl"},
    {MUSL_DYNAMIC, "1.2.3", "base", "linux/arm/v7", NULL, "old small musl"},
    {GLIBC_DYNAMIC, "2.36", "special-2", "linux/amd64", NULL, "special"},
    {GLIBC_DYNAMIC, "2.36", "special-1", "linux/amd64", NULL, "special 1"},
    {GLIBC_DYNAMIC, "2.36", "special-2", "linux/arm64", "7.2", "special qemu"},
    {GLIBC_DYNAMIC, "2.36", "special-2", "linux/arm64", "9", "special qemu"},
};

START_TEST(the_narrowest_rule_holds)
{
    rules(ALL_RULES);
    add_image(cells[_i].image, cells[_i].platform);
    size_t cell = add_cell(cells[_i].flavor);
    run->cells[cell].libc_version = cells[_i].version;
    if (cells[_i].emulator) {
        run->cells[cell].runner.emulator = "qemu";
        run->cells[cell].runner.emulator_version = cells[_i].emulator;
    }
    observe(cell, "dns.a", cells[_i].value);
    judge();
    const struct judged *row = row_of(cell, "dns.a");
    ck_assert_msg(row->verdict == VERDICT_PASS, "%s, by %s", row->expected, row->rule);
}
END_TEST

/* Every line of ALL_RULES in any order gives the same. */
START_TEST(order_does_not_matter)
{
    static const char *const lines[] = {
        "    - value: default\n",
        "    - {when: {libc: musl}, value: musl}\n",
        "    - {when: {linkage: dynamic, libc: musl}, value: dynamic musl}\n",
        "    - {when: {linkage: dynamic, libc: musl, libc-version: \"<1.2.4\"}, value: x}\n",
        "    - {when: {libc: musl, libc-version: \"<1.2.4\"}, value: old}\n",
        "    - {when: {libc: musl, libc-version: \"<1.2\"}, value: x}\n",
        "    - {when: {image: \"b*\"}, value: x}\n",
        "    - {when: {image: \"b*\", libc: musl}, value: y}\n",
    };
    enum { LINES = sizeof lines / sizeof *lines };
    static const char *const versions[] = {"1.1.24", "1.2.3", "1.2.5"};
    char *first = NULL;
    srand((unsigned)_i);
    for (int round = 0; round < 40; round++) {
        int order[LINES] = {0}, n = LINES;
        for (int i = 0; i < n; i++) {
            int k = rand() % (i + 1);
            order[i] = order[k];
            order[k] = i;
        }
        CLEANUP_FREE char *text = must_strdup("checks:\n  dns.a:\n");
        for (int i = 0; i < n; i++) {
            char *longer = must_printf("%s%s", text, lines[order[i]]);
            free(text);
            text = longer;
        }
        if (round)
            set_up();
        rules(text);
        for (int image = 0; image < 2; image++) {
            add_image(image ? "base" : "other", "linux/amd64");
            for (int f = 0; f < FLAVOR_COUNT; f++)
                for (int v = 0; v < 3 && !(image && f >= MUSL_DYNAMIC); v++) {
                    size_t cell = add_cell((enum flavor)f);
                    run->cells[cell].libc_version = versions[v];
                    observe(cell, "dns.a", "none of them");
                }
        }
        judge();
        char *all = must_strdup("");
        for (size_t i = 0; i < judgement->verdict_count; i++) {
            char *longer = must_printf("%s%s ", all, judgement->verdicts[i].expected);
            free(all);
            all = longer;
        }
        if (first)
            ck_assert_str_eq(first, all);
        else
            first = must_strdup(all);
        free(all);
        if (round < 39)
            tear_down();
    }
    free(first);
}
END_TEST

START_TEST(later_files_override_rule_by_rule)
{
    rules("checks:\n  dns.a:\n    - value: one\n    - {when: {libc: musl}, value: two}\n"
          "    - {when: {libc: musl, linkage: static}, value: three}\n");
    rules("checks:\n  dns.a:\n    - {when: {libc: [musl]}, value: TWO}\n"
          "    - {when: {flavor: musl-static}, value: THREE}\n");
    add_image("base", "linux/amd64");
    observe(add_cell(GLIBC_DYNAMIC), "dns.a", "one");
    observe(add_cell(MUSL_DYNAMIC), "dns.a", "TWO");
    observe(add_cell(MUSL_STATIC), "dns.a", "THREE");
    judge();
    ck_assert_uint_eq(judgement->counts[VERDICT_PASS], 3);
    ck_assert_uint_eq(judgement->matrix_count, 2);
}
END_TEST

START_TEST(colliding_rules_are_an_error_that_names_both)
{
    rules("checks:\n  dns.a:\n    - {when: {libc: musl}, value: a}\n"
          "    - {when: {arch: amd64}, value: b}\n");
    add_image("base", "linux/amd64");
    observe(add_cell(GLIBC_DYNAMIC), "dns.a", "b");
    observe(add_cell(MUSL_STATIC), "dns.a", "b");
    observe(add_cell(MUSL_DYNAMIC), "dns.a", "b");
    struct error e = ERROR_INIT;
    judgement = judgement_new(run);
    ck_assert(!matrix_judge(matrix, run, &options, judgement, &e));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.message, "m.yaml:5:7: dns.a: collides with m.yaml:4:7"));
    ck_assert_msg(!strchr(e.message, '\n'), "told twice: %s", e.message);
    error_clear(&e);
}
END_TEST

START_TEST(rules_that_agree_do_not_collide)
{
    rules("checks:\n  dns.a:\n    - {when: {libc: musl}, any-of: [a, b]}\n"
          "    - {when: {arch: amd64}, any-of: [b, a]}\n");
    add_image("base", "linux/amd64");
    observe(add_cell(MUSL_STATIC), "dns.a", "b");
    judge();
    expect(0, "dns.a", VERDICT_PASS);
    ck_assert_uint_eq(judgement->remark_count, 0);
}
END_TEST

/* The libc's version: of a dynamic probe what it says, else the image's file, else a pin. */
static const struct {
    enum flavor flavor;
    const char *said, *pin, *verdict_value;
} versions[] = {
    {GLIBC_DYNAMIC, "2.41", NULL, "new"},   {GLIBC_DYNAMIC, NULL, NULL, "old"},
    {GLIBC_DYNAMIC, "2.36", "2.41", "new"}, {GLIBC_STATIC, "2.36", "2.41", "old"},
    {GLIBC_STATIC, NULL, NULL, "unknown"},  {MUSL_DYNAMIC, NULL, "2.41", "unknown"},
};

START_TEST(libc_version_is_that_of_the_libc_the_probe_runs_on)
{
    CLEANUP_FREE char *yaml = must_printf("images:\n  base: {facts: {%s%s}}\n"
                                          "checks:\n  dns.a:\n    - value: unknown\n"
                                          "    - {when: {libc-version: \"<2.40\"}, value: old}\n"
                                          "    - {when: {libc-version: \">=2.40\"}, value: new}\n",
                                          versions[_i].pin ? "image-libc-version: " : "",
                                          versions[_i].pin ? versions[_i].pin : "");
    rules(yaml);
    struct image *image = add_image("base", "linux/amd64");
    add_fact(image, "image-libc", "glibc");
    add_fact(image, "image-libc-version", "2.36");
    size_t cell = add_cell(versions[_i].flavor);
    run->cells[cell].libc_version = versions[_i].said;
    observe(cell, "dns.a", versions[_i].verdict_value);
    judge();
    ck_assert_msg(row_of(cell, "dns.a")->verdict == VERDICT_PASS, "%s",
                  row_of(cell, "dns.a")->expected);
}
END_TEST

#define CONDITION(text) "checks:\n  dns.a:\n    - value: no\n    - {when: {" text "}, value: yes}\n"

static const struct {
    const char *yaml;
    bool holds;
} conditions[] = {
    {CONDITION("flavor: glibc-dynamic"), true},
    {CONDITION("flavor: \"!glibc-dynamic\""), false},
    {CONDITION("flavor: [\"!musl-dynamic\", \"!musl-static\"]"), true},
    {CONDITION("linkage: static"), false},
    {CONDITION("arch: arm64"), true},
    {CONDITION("arch: [amd64, arm64]"), true},
    {CONDITION("arch: [\"!amd64\", \"!arm64\"]"), false},
    {CONDITION("bits: 64, endian: little"), true},
    {CONDITION("endian: big"), false},
    {CONDITION("emulated: true"), true},
    {CONDITION("emulated: \"!true\""), false},
    {CONDITION("emulator-version: \">=7.2\""), true},
    {CONDITION("kernel: \">=6.7\""), true},
    {CONDITION("kernel: \"<6.7\""), false},
    {CONDITION("runner: sandbox"), true},
    {CONDITION("runner: \"!sandbox\""), false},
    {CONDITION("image: \"ba*\""), true},
    {CONDITION("image: [\"!x*\", \"!b\"]"), true},
    {CONDITION("image: \"!b*\""), false},
    {CONDITION("os: debian"), true},
    {CONDITION("os: [alpine, debian]"), true},
    {CONDITION("os-version: \"12\""), true},
    {CONDITION("os-version: [\"<12\", \">12\"]"), false},
    {CONDITION("os-version: [\"!<12\", \"!>12\"]"), true},
    {CONDITION("shell: dash"), true},
    {CONDITION("shell: \"!absent\""), true},
    {CONDITION("shell: [\"!absent\", \"!dash\"]"), false},
    {CONDITION("image-shell: dash"), true},
    {CONDITION("gconv: absent"), false},      /* not known: neither this ... */
    {CONDITION("gconv: \"!absent\""), false}, /* ... nor that */
    {CONDITION("image-libc: glibc, image-libc-version: \">2\""), true},
    {CONDITION("tzdata-version: \">=2024a\""), true},
    {CONDITION("tzdata-version: \">=2024b\""), false},
};

START_TEST(every_axis_is_looked_at)
{
    rules(conditions[_i].yaml);
    struct image *image = add_image("base", "linux/arm64");
    add_fact(image, "image-libc", "glibc");
    add_fact(image, "image-libc-version", "2.36");
    add_fact(image, "shell", "dash");
    add_fact(image, "tzdata-version", "2024a");
    size_t cell = add_cell(GLIBC_DYNAMIC);
    run->cells[cell].runner.emulator = "qemu-aarch64-static";
    run->cells[cell].runner.emulator_version = "7.2.22";
    observe(cell, "dns.a", conditions[_i].holds ? "yes" : "no");
    judge();
    ck_assert_msg(row_of(cell, "dns.a")->verdict == VERDICT_PASS, "%s: %s", conditions[_i].yaml,
                  row_of(cell, "dns.a")->expected);
}
END_TEST

static void add(TCase *t)
{
    LOOP(the_narrowest_rule_holds, cells);
    tcase_add_loop_test(t, order_does_not_matter, 0, 5);
    tcase_add_test(t, later_files_override_rule_by_rule);
    tcase_add_test(t, colliding_rules_are_an_error_that_names_both);
    tcase_add_test(t, rules_that_agree_do_not_collide);
    LOOP(libc_version_is_that_of_the_libc_the_probe_runs_on, versions);
    LOOP(every_axis_is_looked_at, conditions);
}

int main(void)
{
    return run_suite("resolve", add);
}
