/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files: every fault with its place, nothing hostile gets through. */
#include "harness/base/file.h"
#include "matrices/judge_fixture.h"

#include <unistd.h>

static const struct {
    const char *yaml;
    const char *message; /* the whole of it */
} faulty[] = {
    {"", "m.yaml:1:1: empty: a matrix begins with \"plimsoll: 1\""},
    {"# only a comment\n", "m.yaml:1:1: empty: a matrix begins with \"plimsoll: 1\""},
    {"checks: {}\n", "m.yaml:1:1: no \"plimsoll: 1\": it says which format this is"},
    {"plimsoll: 2\n", "m.yaml:1:11: this plimsoll reads \"plimsoll: 1\", not 2"},
    {"plimsoll: []\n", "m.yaml:1:11: this plimsoll reads \"plimsoll: 1\", not a list"},
    {"- plimsoll\n", "m.yaml:1:1: a matrix is a map that begins with \"plimsoll: 1\""},
    {"hello\n", "m.yaml:1:1: a matrix is a map that begins with \"plimsoll: 1\""},
    {"plimsoll: 1\nplimsoll: 1\n", "m.yaml:2:1: duplicate key \"plimsoll\", first in line 1"},
    {"plimsoll: 1\ncheck: {}\n", "m.yaml:2:1: unknown key \"check\" (did you mean \"checks\"?)"},
    {"plimsoll: 1\nwhatever: {}\n", "m.yaml:2:1: unknown key \"whatever\""},
    {"plimsoll: 1\n---\nplimsoll: 1\n", "m.yaml:2:1: a second document: one file holds one matrix"},
    {"plimsoll: 1\n[a]: b\n", "m.yaml:2:1: a key must be a text, this is a list"},
    {"plimsoll: 1\nchecks:\n\tdns.a: 1\n",
     "m.yaml:3:1: YAML: found character that cannot start any token, while scanning for the next "
     "token: a tab; indent with spaces"},
    {"plimsoll: 1\nx: \"\xc3\x28\"\n", "m.yaml:2:6: not UTF-8 text: invalid trailing UTF-8 octet"},
    {"\xff\xfep\0", "m.yaml:1:1: not UTF-8 text: invalid leading UTF-8 octet"},
    {"plimsoll: 1\nx: \"\x01\"\n",
     "m.yaml:2:5: not UTF-8 text: control characters are not allowed"},
    {"plimsoll: 1\nx: \"a\\0b\"\n",
     "m.yaml:2:1: unknown key \"x\"\n"
     "m.yaml:2:4: a text of more than one line, or with control bytes"},
    {"plimsoll: &a 1\ninclude: *a\n", "m.yaml:2:10: aliases are not part of this format; a value "
                                      "that begins with \"*\" needs quotes"},
    {"plimsoll: 1\nchecks: [\n", "m.yaml:3:1: YAML: did not find expected node content, while "
                                 "parsing a flow node"},
    {"plimsoll: 1\ninclude: builtin\n", "m.yaml:2:10: include must be a list, like [builtin]"},
    {"plimsoll: 1\ninclude: [bultin]\n",
     "m.yaml:2:11: unknown matrix \"bultin\" (did you mean \"builtin\"?); a file is written "
     "./bultin"},
    {"plimsoll: 1\ninclude: [./there-is-no-such-file.yaml, {}]\n",
     "m.yaml:2:11: cannot read ./there-is-no-such-file.yaml: No such file or directory\n"
     "m.yaml:2:41: an include is the name of a matrix or a file"},
    {"plimsoll: 1\nplatforms: [linux/amd46]\nflavors: [musl-dynamc, none]\n",
     "m.yaml:2:13: unknown platform \"linux/amd46\" (did you mean \"linux/amd64\"?)\n"
     "m.yaml:3:11: unknown flavor \"musl-dynamc\" (did you mean \"musl-dynamic\"?)\n"
     "m.yaml:3:24: unknown flavor \"none\""},
    {"plimsoll: 1\nplatforms: [arm64, aarch64]\nflavors: {}\n",
     "m.yaml:2:20: linux/arm64 is there twice\nm.yaml:3:10: flavors must be a list of names"},
    {"plimsoll: 1\nimages: [a]\n", "m.yaml:2:9: images must be a map of names, this is a list"},
    {"plimsoll: 1\nimages: {a: b}\n",
     "m.yaml:2:13: an image is a map like {ref: \"oci:DIR\"}, this is a text"},
    {"plimsoll: 1\nimages: {a: {fact: {}, ref: []}}\n",
     "m.yaml:2:14: unknown key \"fact\" (did you mean \"facts\"?)\n"
     "m.yaml:2:29: ref must be an image reference"},
    {"plimsoll: 1\nimages: {a: {facts: {tzdata: [present], shell: \"!absent\"}}}\n",
     "m.yaml:2:30: a pinned fact has one value, no list and no condition\n"
     "m.yaml:2:48: a pinned fact has one value, no list and no condition"},
};

START_TEST(every_fault_has_its_place)
{
    struct error e = ERROR_INIT;
    const char *yaml = faulty[_i].yaml;
    ck_assert_msg(!matrix_load_text(matrix, "m.yaml", yaml, strlen(yaml), &e), "%s", yaml);
    ck_assert_str_eq(e.message, faulty[_i].message);
    ck_assert_int_eq(e.code, ERROR_USAGE);
    error_clear(&e);
}
END_TEST

static const struct {
    const char *rule; /* of dns.a, from line 4, column 7 on */
    const char *message;
} rule_faults[] = {
    {"a", "4:7: a rule must be a map (value, when, ...), this is a text"},
    {"{}", "4:7: expects nothing: one of value, any-of, pattern, any, status is needed"},
    {"{when: {libc: musl}}",
     "4:7: expects nothing: one of value, any-of, pattern, any, status is needed"},
    {"{valeu: a}", "4:7: expects nothing: one of value, any-of, pattern, any, status is needed\n"
                   "m.yaml:4:8: unknown key \"valeu\" (did you mean \"value\"?)"},
    {"{value: }", "4:15: value is empty: write \"\" for the empty text"},
    {"{value: [a]}", "4:15: value must be a text, this is a list"},
    {"{value: a, any-of: [b]}", "4:7: more than one of value, any-of, pattern and any"},
    {"{any-of: a}", "4:16: any-of must be a list of texts"},
    {"{any-of: []}", "4:16: any-of must be a list of texts"},
    {"{any-of: [a, b, a]}", "4:23: \"a\" is there twice"},
    {"{any-of: [a, {}]}", "4:20: a value must be a text, this is a map"},
    {"{pattern: \"a)(b\"}", "4:17: pattern \"a)(b\": Unmatched ( or \\("},
    {"{pattern: \"((((a{1,99}){1,99}){1,99}){1,99})\"}", "4:17: the pattern repeats too much"},
    {"{pattern: \"a{20000}\"}", "4:17: the pattern repeats too much"},
    {"{pattern: '(a*)\\1'}", "4:17: back-references are no part of an extended regular expression"},
    {"{any: false}", "4:13: any can only be true"},
    {"{any: yes}", "4:13: any is true or false, not \"yes\""},
    {"{status: crashed}",
     "4:16: unknown status \"crashed\" (did you mean \"crash\"?); known: value, "
     "crash, timeout, skip, absent"},
    {"{status: error}",
     "4:16: unknown status \"error\"; known: value, crash, timeout, skip, absent"},
    {"{value: a, class: knwon}",
     "4:25: unknown class \"knwon\" (did you mean \"known\"?); known: known, flaky, skip"},
    {"{value: a, class: skip, reason: r}",
     "4:7: a rule of class skip expects nothing: no value, any-of, pattern, any, status"},
    {"{value: a, expires: 2027-01-01}",
     "4:27: expires belongs to a rule of class known, flaky or skip"},
    {"{value: a, class: known, expires: 2027-02-29}", "4:41: \"2027-02-29\" is no date like "
                                                      "2027-06-30"},
    {"{value: a, class: known, expires: 27-2-2}", "4:41: \"27-2-2\" is no date like 2027-06-30"},
    {"{value: a, class: known, expires: 2027-13-01}", "4:41: \"2027-13-01\" is no date like "
                                                      "2027-06-30"},
    {"{value: a, keep: maybe}", "4:24: keep is true or false, not \"maybe\""},
    {"{value: a, when: musl}", "4:24: when must be a map of axes, this is a text"},
    {"{value: a, when: {libc: }}", "4:31: the value is empty"},
    {"{value: a, when: {libc: []}}", "4:31: a value or a list of values belongs here"},
    {"{value: a, when: {libc: {}}}", "4:31: a value or a list of values belongs here"},
    {"{value: a, when: {libc: [[a]]}}", "4:32: a value must be a text"},
    {"{value: a, when: {libc: mulc}}", "4:31: unknown libc \"mulc\"; known: glibc, musl, none"},
    {"{value: a, when: {arch: aarch64}}",
     "4:31: unknown arch \"aarch64\"; known: amd64, 386, arm64, "
     "arm, riscv64, ppc64le, s390x, mips64le"},
    {"{value: a, when: {emulated: yes}}", "4:35: unknown emulated \"yes\"; known: false, true"},
    {"{value: a, when: {libc: [musl, \"!glibc\"]}}",
     "4:38: a list names values, or negates all of them with \"!\""},
    {"{value: a, when: {shell: !absent}}", "4:39: YAML: did not find expected whitespace or line "
                                           "break, while scanning a tag; put a value "
                                           "that begins with \"!\" in quotes"},
    {"{value: a, when: {shell: !absent }}",
     "4:32: a YAML tag, !absent: put a value that begins with \"!\" in quotes"},
    {"{value: a, when: {libc-version: \"~1\"}}",
     "4:39: \"~1\" is no version comparison like \"<1.2.4\""},
    {"{value: a, when: {libc-version: \">2,<1\"}}", "4:39: no version is \">2,<1\""},
    {"{value: a, when: {shell: a, image-shell: b}}", "4:35: \"shell\" and \"image-shell\" are one "
                                                     "fact"},
    {"{value: a, when: {libc: musl, libc: glibc}}",
     "4:37: duplicate key \"libc\", first in line 4"},
};

START_TEST(every_fault_of_a_rule_has_its_place)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *yaml =
        must_printf("plimsoll: 1\nchecks:\n  dns.a:\n    - %s\n", rule_faults[_i].rule);
    CLEANUP_FREE char *message = must_printf("m.yaml:%s", rule_faults[_i].message);
    ck_assert_msg(!matrix_load_text(matrix, "m.yaml", yaml, strlen(yaml), &e), "%s", yaml);
    ck_assert_str_eq(e.message, message);
    error_clear(&e);
}
END_TEST

START_TEST(all_faults_come_at_once_and_in_order)
{
    static const char yaml[] = "plimsoll: 1\nchecks:\n  dns.a:\n    - {value: }\n  tine.b: []\n"
                               "  dns.c: a\n  dns.d:\n    - value: a\n    - value: b\nextra: 1\n";
    struct error e = ERROR_INIT;
    ck_assert(!matrix_load_text(matrix, "m.yaml", yaml, strlen(yaml), &e));
    ck_assert_str_eq(e.message,
                     "m.yaml:4:15: value is empty: write \"\" for the empty text\n"
                     "m.yaml:5:3: \"tine.b\" is no check: its name begins with an area and a dot, "
                     "like dns.tcp-fallback (did you mean \"time\"?)\n"
                     "m.yaml:6:10: dns.c must be a list of rules, each begun with \"-\"\n"
                     "m.yaml:9:7: the same `when` as the rule in line 8\n"
                     "m.yaml:10:1: unknown key \"extra\"");
    error_clear(&e);
}
END_TEST

static char *repeated(const char *before, const char *text, size_t times, const char *after)
{
    size_t n = strlen(text), length = strlen(before);
    char *all = must_calloc(length + n * times + strlen(after) + 1, 1);
    memcpy(all, before, length);
    for (size_t i = 0; i < times; i++)
        memcpy(all + length + i * n, text, n);
    memcpy(all + length + n * times, after, strlen(after));
    return all;
}

static const struct {
    const char *before, *text;
    size_t times;
    const char *after, *message;
} floods[] = {
    {"plimsoll: 1\nx: ", "[", 900, "", "nested more than 16 deep"},
    {"plimsoll: 1\nx: ", "[", 100000, "", "nested more than 16 deep"},
    {"plimsoll: 1\nx: [", "a,", 600 * 1000, "]", "more than 500000 nodes"},
    {"plimsoll: 1\n", "# padding that means nothing ..\n", 600 * 1000, "", "larger than"},
    {"plimsoll: 1\nchecks:\n  dns.a:\n", "    - a\n", 2000, "", "... and 1900 more"},
    {"plimsoll: 1\nchecks: {dns.a: [{value: a, when: {image: [a", ",b", 400, "]}}]}",
     "more than 256 values"},
};

START_TEST(floods_are_stopped)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *yaml =
        repeated(floods[_i].before, floods[_i].text, floods[_i].times, floods[_i].after);
    ck_assert(!matrix_load_text(matrix, "m.yaml", yaml, strlen(yaml), &e));
    ck_assert_msg(strstr(e.message, floods[_i].message) != NULL, "%.200s", e.message);
    ck_assert_uint_lt(strlen(e.message), 20000);
    error_clear(&e);
}
END_TEST

/* Any prefix of a good file, and any byte of it changed, is read or refused, never more. */
START_TEST(damaged_files_are_refused_or_read)
{
    static const char yaml[] =
        "plimsoll: 1\ninclude: []\nimages: {a: {ref: 'x:y', facts: {tzdata: present}}}\n"
        "platforms: [linux/amd64]\nchecks:\n  dns.a:\n    - value: \"x\"\n    - when: {libc: "
        "[musl], libc-version: \">=1,<2\", image: \"!a*\"}\n      pattern: ^a{1,3}$\n      class: "
        "known\n      reason: |\n        r\n      expires: 2027-01-01\n";
    size_t read = 0;
    srand(3);
    for (size_t i = 0; i < 3000; i++) {
        CLEANUP_FREE char *copy = must_strdup(yaml);
        size_t length = strlen(yaml);
        if (i < length)
            length = i;
        else
            for (int n = 0; n < 3; n++)
                copy[(size_t)rand() % length] = (char)(rand() % 256);
        struct matrix *m = matrix_new();
        struct error e = ERROR_INIT;
        read += matrix_load_text(m, "m.yaml", copy, length, &e);
        error_clear(&e);
        matrix_free(m);
    }
    ck_assert_uint_gt(read, 10);
    ck_assert_uint_lt(read, 2900);
}
END_TEST

/* ---- files ---- */

static char folder[] = "/tmp/plimsoll-load-test-XXXXXX";

static void write_file(const char *name, const char *yaml)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/%s", folder, name);
    ck_assert(file_publish(path, yaml, strlen(yaml), &e));
}

START_TEST(includes_are_read_once_and_first)
{
    struct error e = ERROR_INIT;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file("top.yaml", "plimsoll: 1\ninclude: [./one.yaml, two.yaml, builtin]\n"
                           "checks:\n  dns.a: [{value: top}]\n");
    write_file("one.yaml", "plimsoll: 1\ninclude: [./two.yaml, top.yaml]\n"
                           "checks: {dns.a: [{value: one}], dns.b: [{value: one}]}\n");
    write_file("two.yaml", "plimsoll: 1\nchecks: {dns.b: [{value: two}], dns.c: [{value: two}]}\n");
    CLEANUP_FREE char *path = must_printf("%s/top.yaml", folder);
    ck_assert_msg(matrix_load(matrix, path, &e), "%s", e.message);
    static const char *const expected[][2] = {
        {"dns.a", "\"top\""}, {"dns.b", "\"one\""}, {"dns.c", "\"two\""}};
    for (int i = 0; i < 3; i++) {
        struct matrix_rule rule;
        size_t cursor = 0;
        ck_assert(matrix_next_rule(matrix, expected[i][0], &cursor, &rule));
        ck_assert_str_eq(rule.expected, expected[i][1]);
        ck_assert(!rule.shipped);
        ck_assert(!matrix_next_rule(matrix, expected[i][0], &cursor, &rule));
    }
    ck_assert(file_remove_tree(folder, &e));
}
END_TEST

START_TEST(a_file_that_is_not_there_is_the_matrixs_fault)
{
    struct error e = ERROR_INIT;
    ck_assert(!matrix_load(matrix, "there/is/none.yaml", &e));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    ck_assert_str_eq(e.message,
                     "matrix: cannot read there/is/none.yaml: No such file or directory");
    error_clear(&e);
    ck_assert(!matrix_load(matrix, "/", &e));
    error_clear(&e);
}
END_TEST

START_TEST(faults_of_an_include_name_its_file)
{
    struct error e = ERROR_INIT;
    char own[] = "/tmp/plimsoll-load-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(own));
    CLEANUP_FREE char *path = must_printf("%s/part.yaml", own);
    ck_assert(file_publish(path, "plimsoll: 3\n", 12, &e));
    CLEANUP_FREE char *yaml = must_printf("plimsoll: 1\ninclude: [%s]\nx: 1\n", path);
    CLEANUP_FREE char *message = must_printf(
        "%s:1:11: this plimsoll reads \"plimsoll: 1\", not 3\nm.yaml:3:1: unknown key \"x\"", path);
    ck_assert(!matrix_load_text(matrix, "m.yaml", yaml, strlen(yaml), &e));
    ck_assert_str_eq(e.message, message);
    error_clear(&e);
    ck_assert(file_remove_tree(own, &e));
}
END_TEST

/* ---- what it says ---- */

START_TEST(images_platforms_and_flavors_can_be_asked_for)
{
    rules("images:\n  base: {ref: \"oci:x\", facts: {tzdata: present, image-libc: glibc}}\n"
          "  bare: {}\nplatforms: [arm64, linux/amd64]\nflavors: [musl-static]\n");
    rules("images:\n  base: {facts: {image-tzdata: absent}, platforms: [s390x]}\n"
          "  third: {ref: \"tar:y\"}\nplatforms: [linux/386]\n");
    size_t count;
    const struct matrix_image *images = matrix_images(matrix, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_str_eq(images[0].name, "base");
    ck_assert_str_eq(images[0].reference, "oci:x");
    ck_assert_str_eq(images[0].at, "m.yaml:3:3");
    ck_assert_uint_eq(images[0].pin_count, 2);
    ck_assert_str_eq(images[0].pins[0].value, "absent");
    ck_assert_str_eq(images[0].pins[0].check, "image.tzdata");
    ck_assert_str_eq(images[0].pins[1].check, "image.libc");
    ck_assert_uint_eq(images[0].platform_count, 1);
    ck_assert_str_eq(images[0].platforms[0]->name, "linux/s390x");
    ck_assert_str_eq(images[1].reference, "bare");
    ck_assert_str_eq(images[2].reference, "tar:y");
    ck_assert_str_eq(matrix_platforms(matrix, &count)[0]->name, "linux/386");
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(matrix_flavors(matrix, &count)[0], MUSL_STATIC);
    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(rules_can_be_read_by_people)
{
    rules("checks:\n  dns.a:\n    - when: {libc: [musl, glibc], libc-version: \"<1.2.4\"}\n"
          "      any-of: [a, b]\n      class: known\n      reason: why\n      ref: where\n"
          "      expires: 2027-06-30\n      keep: true\n");
    struct matrix_rule rule;
    size_t cursor = 0;
    ck_assert(matrix_next_rule(matrix, NULL, &cursor, &rule));
    ck_assert_str_eq(rule.check, "dns.a");
    ck_assert_str_eq(rule.at, "m.yaml:4:7");
    ck_assert_str_eq(rule.when, "libc: [musl, glibc], libc-version: <1.2.4");
    ck_assert_str_eq(rule.expected, "\"a\" or \"b\"");
    ck_assert_str_eq(rule.kind, "known");
    ck_assert_str_eq(rule.reason, "why");
    ck_assert_str_eq(rule.ref, "where");
    ck_assert_str_eq(rule.expires, "2027-06-30");
    ck_assert(rule.keep && !rule.shipped);
    ck_assert(!matrix_next_rule(matrix, NULL, &cursor, &rule));
}
END_TEST

START_TEST(unknown_names_are_told_with_the_nearest)
{
    rules("images: {a: {facts: {tzdat: present, image-libc: musl}}}\nchecks:\n  dns.aa: [{value: "
          "a}]\n  dns.b:\n    - {value: b, when: {libcversion: \"1\", shel: x, shell: y}}\n");
    struct error e = ERROR_INIT;
    ck_assert(!matrix_check(matrix, run->checks, run->check_count, &e));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    ck_assert_str_eq(e.message,
                     "m.yaml:2:22: unknown fact \"tzdat\" (did you mean \"tzdata\"?)\n"
                     "m.yaml:4:3: unknown check \"dns.aa\" (did you mean \"dns.a\"?)\n"
                     "m.yaml:6:25: unknown axis \"libcversion\" (did you mean \"libc-version\"?)\n"
                     "m.yaml:6:43: unknown axis \"shel\" (did you mean \"shell\"?)");
    error_clear(&e);
}
END_TEST

static void add(TCase *t)
{
    LOOP(every_fault_has_its_place, faulty);
    LOOP(every_fault_of_a_rule_has_its_place, rule_faults);
    tcase_add_test(t, all_faults_come_at_once_and_in_order);
    LOOP(floods_are_stopped, floods);
    tcase_add_test(t, damaged_files_are_refused_or_read);
    tcase_add_test(t, includes_are_read_once_and_first);
    tcase_add_test(t, a_file_that_is_not_there_is_the_matrixs_fault);
    tcase_add_test(t, faults_of_an_include_name_its_file);
    tcase_add_test(t, images_platforms_and_flavors_can_be_asked_for);
    tcase_add_test(t, rules_can_be_read_by_people);
    tcase_add_test(t, unknown_names_are_told_with_the_nearest);
}

int main(void)
{
    return run_suite("load", add);
}
