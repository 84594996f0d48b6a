/* SPDX-License-Identifier: Apache-2.0 */
/* Matrix files: every fault says where it stands, and a matrix without one can be looked through
 * and linted. */
#include "harness/base/fuzz.h"
#include "matrices/matrix.h"

static const struct check catalogue[] = {
    {.id = "dns.tcp-fallback", .area = AREA_DNS},
    {.id = "time.tz.named", .area = AREA_TIME},
    {.id = "image.tzdata", .area = AREA_IMAGE},
};
enum { CHECKS = sizeof catalogue / sizeof *catalogue };

/* One fault a line, each "NAME:LINE:COLUMN: what". */
static void check_faults(struct error *e)
{
    FUZZ_CHECK(e->code == ERROR_USAGE);
    for (char *line = e->message, *next; line; line = next) {
        unsigned row, column;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        FUZZ_CHECK(fuzz_is_printable(line));
        FUZZ_CHECK(strncmp(line, "... and ", 8) == 0 ||
                   sscanf(line, "m:%u:%u: %*c", &row, &column) == 2);
    }
    error_clear(e);
}

static void check_rules(const struct matrix *m)
{
    struct matrix_rule r;
    size_t cursor = 0;
    while (matrix_next_rule(m, NULL, &cursor, &r))
        FUZZ_CHECK(r.check && r.at && r.when && r.expected);
}

static void check_lint(const struct matrix *m)
{
    struct pool *pool = pool_new();
    struct lint_finding *list;
    size_t count, faults = matrix_lint(m, catalogue, CHECKS, 0, pool, &list, &count);
    FUZZ_CHECK(faults <= count);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(list[i].kind && list[i].text && list[i].file);
    free(list);
    pool_free(pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct matrix *m = matrix_new();
    struct error e = ERROR_INIT;
    bool reads_files = memmem(data, size, "include", 7) != NULL; /* of this machine */
    if (!reads_files && (!matrix_load_text(m, "m", (const char *)data, size, &e) ||
                         !matrix_check(m, catalogue, CHECKS, &e)))
        check_faults(&e);
    check_rules(m);
    check_lint(m);
    matrix_free(m);
    return 0;
}
