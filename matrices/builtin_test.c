/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped matrices can be read, and lint finds no fault in them. Prints what it finds:
 *     ninja matrices-builtin_test && ./matrices-builtin_test */
#include "matrices/builtin.h"
#include "matrices/matrix.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each shipped matrix once: "builtin", then those that stand for themselves on top of it. */
static size_t shipped_names(const char *ret[], size_t most)
{
    size_t count = 0;
    ret[count++] = "builtin";
    for (const struct builtin_matrix *b = builtin_matrices; b->name && count < most; b++)
        if (!builtin_belongs(b, "builtin"))
            ret[count++] = b->name;
    return count;
}

static void lint(const struct matrix *m)
{
    struct pool *pool = pool_new();
    struct lint_finding *list;
    size_t count;
    size_t faults = matrix_lint(m, NULL, 0, 0, pool, &list, &count);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s:%u:%u: %s: %s\n", list[i].file, list[i].line, list[i].column,
                list[i].kind, list[i].text);
    free(list);
    pool_free(pool);
    ck_assert_msg(faults == 0, "%zu faults, see above", faults);
}

START_TEST(can_be_read_and_have_no_fault)
{
    const char *names[32];
    size_t count = shipped_names(names, 32);
    for (size_t i = 0; i < count; i++) {
        struct matrix *m = matrix_new();
        struct error e = ERROR_INIT;
        bool good = matrix_load(m, "builtin", &e) && matrix_load(m, names[i], &e);
        ck_assert_msg(good, "%s:\n%s", names[i], e.message);
        lint(m);
        matrix_free(m);
    }
}
END_TEST

START_TEST(every_area_has_its_file)
{
    for (int a = 0; a < AREA_COUNT; a++) {
        bool found = false;
        for (const struct builtin_matrix *b = builtin_matrices; b->name; b++)
            found |= strcmp(b->name, area_name((enum area)a)) == 0;
        ck_assert_msg(found, "no matrices/builtin/%s.yaml", area_name((enum area)a));
    }
}
END_TEST

/* A rule in another area's file would be looked for in vain. */
START_TEST(an_areas_file_speaks_of_its_area)
{
    for (const struct builtin_matrix *b = builtin_matrices; b->name; b++) {
        enum area area, named;
        if (!area_of_check(b->name, &area))
            continue;
        struct matrix *m = matrix_new();
        struct error e = ERROR_INIT;
        ck_assert_msg(matrix_load_text(m, b->name, b->text, b->length, &e), "%s", e.message);
        size_t count = 0, cursor = 0;
        struct matrix_rule rule;
        while (matrix_next_rule(m, NULL, &cursor, &rule)) {
            ck_assert(area_of_check(rule.check, &named));
            ck_assert_msg(named == area, "%s: %s", rule.at, rule.check);
            count++;
        }
        ck_assert_msg(count > 0, "%s.yaml has no rules", b->name);
        matrix_free(m);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("shipped matrices");
    TCase *t = tcase_create("shipped");
    tcase_add_test(t, can_be_read_and_have_no_fault);
    tcase_add_test(t, every_area_has_its_file);
    tcase_add_test(t, an_areas_file_speaks_of_its_area);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
