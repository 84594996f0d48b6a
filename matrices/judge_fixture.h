/* SPDX-License-Identifier: Apache-2.0 */
/* For the tests of this folder: a matrix, and a run made by hand. */
#pragma once
#include "matrices/matrix.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1767225600 /* 2026-01-01 */

static struct matrix *matrix;
static struct run *run;
static struct judgement *judgement;
static struct judge_options options;

static inline void set_up(void)
{
    static const char *const ids[] = {
        "dns.a",       "dns.b",        "exec.start", "image.libc", "image.libc-version",
        "image.shell", "image.tzdata", "time.tz"};
    matrix = matrix_new();
    run = run_new();
    run->kernel = "6.18.2-custom";
    run->complete = true;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct check *check = ARRAY_ADD(&run->checks, &run->check_count);
        check->id = ids[i];
        ck_assert(area_of_check(ids[i], &check->area));
    }
    static const char *const selected[] = {"dns.a"}; /* counts once selected_count is set */
    options = (struct judge_options){.now = NOW, .selected = selected};
    judgement = NULL;
}

static inline void tear_down(void)
{
    judgement_free(judgement);
    run_free(run);
    matrix_free(matrix);
}

static inline void rules(const char *yaml)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *text = must_printf("plimsoll: 1\n%s", yaml);
    ck_assert_msg(matrix_load_text(matrix, "m.yaml", text, strlen(text), &e), "%s", e.message);
}

static inline struct image *add_image(const char *name, const char *platform)
{
    struct image *image = ARRAY_ADD(&run->images, &run->image_count);
    image->name = image->reference = name;
    image->platform = platform_by_name(platform);
    image->os_id = "debian";
    image->os_version = "12";
    return image;
}

static inline void add_fact(struct image *image, const char *name, const char *value)
{
    *ARRAY_ADD(&image->facts, &image->fact_count) = (struct fact){name, value};
}

static inline size_t add_cell(enum flavor flavor)
{
    struct cell *cell = ARRAY_ADD(&run->cells, &run->cell_count);
    cell->image = run->image_count - 1;
    cell->flavor = flavor;
    cell->runner.name = "sandbox";
    return run->cell_count - 1;
}

static inline void observe_status(size_t cell, const char *check, enum status status,
                                  const char *value)
{
    *ARRAY_ADD(&run->observations, &run->observation_count) =
        (struct observation){cell, check, status, value};
}

static inline void observe(size_t cell, const char *check, const char *value)
{
    observe_status(cell, check, STATUS_VALUE, value);
}

static inline void judge(void)
{
    struct error e = ERROR_INIT;
    judgement = judgement_new(run);
    ck_assert_msg(matrix_judge(matrix, run, &options, judgement, &e), "%s", e.message);
    size_t sum = 0;
    for (int v = 0; v < VERDICT_COUNT; v++)
        sum += judgement->counts[v];
    ck_assert_uint_eq(sum, judgement->verdict_count);
}

static inline const struct judged *row_of(size_t cell, const char *check)
{
    const struct judged *found = NULL;
    for (size_t i = 0; i < judgement->verdict_count; i++) {
        const struct judged *row = &judgement->verdicts[i];
        if (row->cell != cell || strcmp(row->check, check) != 0)
            continue;
        ck_assert_msg(!found, "%s twice", check);
        found = row;
    }
    ck_assert_msg(found != NULL, "no row for %s in cell %zu", check, cell);
    return found;
}

static inline void expect(size_t cell, const char *check, enum verdict verdict)
{
    const struct judged *row = row_of(cell, check);
    ck_assert_msg(row->verdict == verdict, "%s: %s, expected %s", check, verdict_name(row->verdict),
                  verdict_name(verdict));
}

#define LOOP(test, table) tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

static inline int run_suite(const char *name, void (*add)(TCase *t))
{
    Suite *s = suite_create(name);
    TCase *t = tcase_create(name);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 60);
    add(t);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
