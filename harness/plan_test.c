/* SPDX-License-Identifier: Apache-2.0 */
/* Selection of checks, and the plan of cells and jobs. */
#include "harness/catalogue.h"
#include "harness/plan.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char catalogue[] =
    "[{\"id\":\"exec.start\",\"says\":\"s\"},{\"id\":\"exec.shebang\",\"says\":\"s\"},"
    "{\"id\":\"dns.a\",\"says\":\"s\",\"zone\":\"x\",\"waits\":true,\"limit\":9},"
    "{\"id\":\"dns.b\",\"says\":\"s\",\"zone\":\"x\"},{\"id\":\"dns.c\",\"says\":\"s\",\"zone\":"
    "\"y\"},"
    "{\"id\":\"time.tz\",\"says\":\"s\"}]";

static struct run *run_with_checks(void)
{
    struct run *run = run_new();
    struct error e = ERROR_INIT;
    ck_assert(catalogue_parse(run, catalogue, strlen(catalogue), "probe", &e));
    return run;
}

START_TEST(the_catalogue_is_sorted)
{
    struct run *run = run_with_checks();
    ck_assert_uint_eq(run->check_count, 6);
    ck_assert_str_eq(run->checks[0].id, "dns.a");
    ck_assert(run->checks[0].waits && run->checks[0].limit == 9);
    ck_assert(run->checks[1].limit == 5);
    run_free(run);
}
END_TEST

START_TEST(a_bad_catalogue_is_an_error)
{
    static const char *const rows[] = {
        "",
        "{}",
        "[1]",
        "[{\"id\":\"exec.x\"}]",
        "[{\"id\":\"vax.x\",\"says\":\"s\"}]",
        "[{\"id\":\"exec.x\",\"says\":\"s\"},{\"id\":\"exec.x\",\"says\":\"s\"}]",
        "[{\"id\":\"exec.x\",\"says\":\"s\"}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run *run = run_new();
        struct error e = ERROR_INIT;
        ck_assert_msg(!catalogue_parse(run, rows[i], strlen(rows[i]), "probe", &e), "%s", rows[i]);
        ck_assert_ptr_nonnull(strstr(e.message, "probe --list"));
        error_clear(&e);
        run_free(run);
    }
}
END_TEST

static const char *selected(const char *check_glob, const char *skip_glob)
{
    static char names[200];
    struct run *run = run_with_checks();
    struct selection s = {.checks = &check_glob,
                          .check_count = check_glob != NULL,
                          .skips = &skip_glob,
                          .skip_count = skip_glob != NULL};
    struct error e = ERROR_INIT;
    strcpy(names, "");
    if (!selection_apply(&s, run, &e)) {
        ck_assert_int_eq(e.code, ERROR_NOTHING);
        strcpy(names, "nothing");
    } else {
        for (size_t i = 0; i < run->check_count; i++)
            strcat(strcat(names, run->checks[i].id), " ");
    }
    error_clear(&e);
    run_free(run);
    return names;
}

START_TEST(globs_select)
{
    ck_assert_str_eq(selected(NULL, NULL), "dns.a dns.b dns.c exec.shebang exec.start time.tz ");
    ck_assert_str_eq(selected("dns.*", NULL), "dns.a dns.b dns.c exec.start ");
    ck_assert_str_eq(selected("dns.*", "*.b"), "dns.a dns.c exec.start ");
    ck_assert_str_eq(selected(NULL, "[de]*"), "exec.start time.tz ");
    ck_assert_str_eq(selected("nosuch.*", NULL), "nothing");
    ck_assert_str_eq(selected(NULL, "nosuch"), "nothing");
    ck_assert_str_eq(selected(NULL, "*"), "nothing");
}
END_TEST

/* A folder with the probes of one platform, each an empty file: to be hashed, not run. */
static void make_probes(char *dir, const char *platform)
{
    ck_assert_ptr_nonnull(mkdtemp(dir));
    CLEANUP_FREE char *command =
        must_printf("cd %s && for f in glibc-dynamic glibc-static musl-dynamic musl-static; do "
                    "mkdir -p %s/$f && touch %s/$f/exec %s/$f/dns %s/$f/time; done",
                    dir, platform, platform, platform, platform);
    ck_assert_int_eq(system(command), 0);
}

static void add_image(struct run *run, const char *platform)
{
    struct image *image = ARRAY_ADD(&run->images, &run->image_count);
    image->name = image->reference = "rootfs:/";
    image->platform = platform_by_name(platform);
    image->root = "/";
}

START_TEST(compatible_checks_share_a_process)
{
    char dir[] = "/tmp/plimsoll-plan-XXXXXX";
    const struct platform *host = platform_of_host();
    make_probes(dir, host->name);
    struct run *run = run_with_checks();
    add_image(run, host->name);
    struct selection s = {.user = "12:34"};
    struct installation where = {.probes = dir, .cell = NULL};
    struct plan plan;
    plan_make(run, &s, &where, &plan);
    ck_assert_uint_eq(plan.sandbox_count, 1);
    ck_assert_str_eq(plan.sandboxes[0].user, "12:34");
    ck_assert_uint_eq(run->cell_count, 5);
    ck_assert_int_eq(run->cells[0].flavor, FLAVOR_NONE);
    ck_assert_uint_eq(run->probe_count, 12);
    const struct sandbox *box = &plan.sandboxes[0];
    ck_assert_uint_eq(box->job_count, 16); /* 4 flavors of exec, dns that waits, dns, time */
    for (size_t i = 0; i < 4; i++) {
        ck_assert(box->jobs[i].first && box->jobs[i].area == AREA_EXEC);
        ck_assert_uint_eq(box->jobs[i].check_count, 2);
    }
    for (size_t i = 4; i < 8; i++) {
        ck_assert(box->jobs[i].waits && box->jobs[i].check_count == 1);
        ck_assert_str_eq(box->jobs[i].checks[0]->id, "dns.a");
    }
    for (size_t i = 8; i < 16; i++) {
        const struct job *j = &box->jobs[i];
        ck_assert(!j->waits && j->check_count == (j->area == AREA_DNS ? 2 : 1));
    }
    plan_done(&plan);
    run_free(run);
    CLEANUP_FREE char *command = must_printf("rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(what_cannot_run_says_why_and_stops_nothing)
{
    struct run *run = run_with_checks();
    add_image(run, "linux/s390x");
    add_image(run, platform_of_host()->name);
    struct selection s = {.user = "0"};
    struct installation where = {.probes = (char[]){"/nonexistent"}, .cell = NULL};
    struct plan plan;
    setenv("PLIMSOLL_QEMU", "/nonexistent", 1);
    plan_make(run, &s, &where, &plan);
    unsetenv("PLIMSOLL_QEMU");
    ck_assert_uint_eq(plan.sandbox_count, 2);
    ck_assert_uint_eq(plan.sandboxes[0].job_count, 0);
    ck_assert_ptr_null(run->cells[0].failure); /* the image itself can still be read */
    ck_assert_ptr_nonnull(strstr(run->cells[1].failure, "qemu-s390x-static"));
    ck_assert_ptr_nonnull(strstr(run->cells[6].failure, "no probe for"));
    plan_done(&plan);
    run_free(run);
}
END_TEST

START_TEST(emulators_tell_their_version)
{
    CLEANUP_FREE char *version =
        emulator_parse_version("qemu-aarch64 version 7.2.22 (Debian 1:7.2)\nCopyright\n");
    ck_assert_str_eq(version, "7.2.22");
    ck_assert_ptr_null(emulator_parse_version("version unknown"));
    ck_assert_ptr_null(emulator_parse_version(""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("plan");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, the_catalogue_is_sorted);
    tcase_add_test(tests, a_bad_catalogue_is_an_error);
    tcase_add_test(tests, globs_select);
    tcase_add_test(tests, compatible_checks_share_a_process);
    tcase_add_test(tests, what_cannot_run_says_why_and_stops_nothing);
    tcase_add_test(tests, emulators_tell_their_version);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
