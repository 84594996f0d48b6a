/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a run by a foreign matrix: each observation gets one verdict, and rules that collide over
 * it are ones that lint tells of. */
#include "harness/base/fuzz.h"
#include "matrices/matrix.h"

enum { NOW = 1767225600 }; /* 2026-01-01 */

static const char *const ids[] = {"dns.tcp-fallback", "image.tzdata", "time.tz.named"};
enum { CHECKS = sizeof ids / sizeof *ids };

static void add_cell(struct run *run, enum flavor flavor, bool emulated)
{
    *ARRAY_ADD(&run->cells, &run->cell_count) = (struct cell){
        .flavor = flavor,
        .libc_version = flavor == FLAVOR_NONE ? NULL : "1.2.3",
        .runner = {
            .name = "sandbox", .emulator = emulated ? "qemu" : NULL, .emulator_version = "7.2"}};
    for (size_t i = 0; i < CHECKS; i++)
        if ((i == 1) == (flavor == FLAVOR_NONE))
            *ARRAY_ADD(&run->observations, &run->observation_count) =
                (struct observation){run->cell_count - 1, ids[i], STATUS_VALUE, "a"};
}

static struct run *make_run(void)
{
    struct run *run = run_new();
    for (size_t i = 0; i < CHECKS; i++) {
        struct check *check = ARRAY_ADD(&run->checks, &run->check_count);
        check->id = ids[i];
        FUZZ_CHECK(area_of_check(ids[i], &check->area));
    }
    struct image *image = ARRAY_ADD(&run->images, &run->image_count);
    *image = (struct image){.name = "base",
                            .reference = "oci:base",
                            .platform = platform_by_name("linux/amd64"),
                            .os_id = "debian",
                            .os_version = "12"};
    *ARRAY_ADD(&image->facts, &image->fact_count) = (struct fact){"tzdata", "absent"};
    add_cell(run, MUSL_STATIC, false);
    add_cell(run, GLIBC_DYNAMIC, true);
    add_cell(run, FLAVOR_NONE, false);
    run->kernel = "6.12.1";
    run->complete = true;
    return run;
}

static void check_judgement(const struct judgement *j, const struct run *run)
{
    size_t sum = 0;
    for (int v = 0; v < VERDICT_COUNT; v++)
        sum += j->counts[v];
    FUZZ_CHECK(sum == j->verdict_count && sum >= run->observation_count);
    for (size_t i = 0; i < j->verdict_count; i++) {
        const struct judged *v = &j->verdicts[i];
        FUZZ_CHECK(v->cell < run->cell_count && v->check && v->observed);
        FUZZ_CHECK(v->cause == SIZE_MAX || v->cause < j->cause_count);
        FUZZ_CHECK(i == 0 || j->verdicts[i - 1].cell < v->cell ||
                   strcmp(j->verdicts[i - 1].check, v->check) < 0);
    }
}

static bool lint_tells_collision(const struct matrix *m, const struct run *run)
{
    struct pool *pool = pool_new();
    struct lint_finding *list;
    size_t count;
    bool told = false;
    (void)matrix_lint(m, run->checks, run->check_count, NOW, pool, &list, &count);
    for (size_t i = 0; i < count; i++)
        told |= strcmp(list[i].kind, "collision") == 0;
    free(list);
    pool_free(pool);
    return told;
}

static void judge(const struct matrix *m)
{
    struct run *run = make_run();
    struct judgement *j = judgement_new(run);
    struct judge_options options = {.now = NOW};
    struct error e = ERROR_INIT;
    if (matrix_judge(m, run, &options, j, &e))
        check_judgement(j, run);
    else
        FUZZ_CHECK(e.code == ERROR_USAGE && lint_tells_collision(m, run));
    error_clear(&e);
    judgement_free(j);
    run_free(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct matrix *m = matrix_new();
    struct error e = ERROR_INIT;
    bool reads_files = memmem(data, size, "include", 7) != NULL; /* of this machine */
    if (!reads_files && matrix_load_text(m, "m", (const char *)data, size, &e))
        judge(m);
    error_clear(&e);
    matrix_free(m);
    return 0;
}
