/* SPDX-License-Identifier: Apache-2.0 */
/* Job lines: what is taken can be started. */
#include "harness/base/fuzz.h"
#include "runners/cell/job.h"

static void check_texts(char *const *texts)
{
    size_t count = 0, bytes = 0;
    for (; texts && texts[count]; count++)
        bytes += strlen(texts[count]);
    FUZZ_CHECK(count <= JOB_STRINGS_MAX && bytes <= JOB_BYTES_MAX);
}

static void check_job(const struct job *j)
{
    FUZZ_CHECK(j->known && j->argv && j->argv[0] && j->argv[0][0] == '/');
    FUZZ_CHECK(j->limit > 0 && j->limit <= 86400 && j->idle > 0 && j->idle <= 86400);
    check_texts(j->argv);
    check_texts(j->env);
    for (size_t i = 0; j->env && j->env[i]; i++)
        FUZZ_CHECK(strchr(j->env[i], '=') > j->env[i]);
    FUZZ_CHECK(j->checks ? j->check_count <= JOB_CHECKS_MAX : j->check_count == 0);
    for (size_t i = 0; i < j->check_count; i++)
        FUZZ_CHECK(j->checks[i].id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job j;
    struct error e = ERROR_INIT;
    if (job_parse(&j, (const char *)data, size, &e))
        check_job(&j);
    else
        fuzz_check_error(&e);
    job_done(&j);
    return 0;
}
