/* SPDX-License-Identifier: Apache-2.0 */
/* Results files: one that is read and written again is read as the same. */
#include "harness/base/fuzz.h"
#include "runners/record.h"
#include "runners/record_parse.h"
#include <sys/mman.h>
#include <unistd.h>

/* The run that the lines tell; NULL when one of them is refused. */
static struct run *read_run(const char *data, size_t size)
{
    struct run *run = run_new();
    struct record_parser p = {.run = run};
    struct error e = ERROR_INIT;
    for (const char *end; size > 0 && (end = memchr(data, '\n', size)) != NULL;) {
        size_t length = (size_t)(end - data);
        if (!record_parse_line(&p, data, length, &e))
            break;
        data += length + 1;
        size -= length + 1;
    }
    bool good = p.began && !error_is_set(&e);
    if (good)
        record_number_order(run, &p.images, &p.cells);
    if (error_is_set(&e))
        fuzz_check_error(&e);
    run->complete = p.ended;
    record_parser_done(&p);
    if (good)
        return run;
    run_free(run);
    return NULL;
}

static struct text write_run(const struct run *run)
{
    struct text written = TEXT_INIT;
    struct error e = ERROR_INIT;
    struct record_writer w = {.fd = memfd_create("results", MFD_CLOEXEC),
                              .name = must_strdup("results")};
    FUZZ_CHECK(w.fd >= 0 && record_run(&w, run, &e));
    off_t size = lseek(w.fd, 0, SEEK_CUR);
    CLEANUP_FREE char *bytes = must_calloc((size_t)size + 1, 1);
    FUZZ_CHECK(pread(w.fd, bytes, (size_t)size, 0) == size);
    text_add_n(&written, bytes, (size_t)size);
    record_close(&w);
    return written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run *run = read_run((const char *)data, size);
    if (!run)
        return 0;
    struct text once = write_run(run);
    run_free(run);
    run = read_run(once.data, once.length);
    FUZZ_CHECK(run);
    struct text twice = write_run(run);
    FUZZ_CHECK(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    text_done(&once);
    text_done(&twice);
    run_free(run);
    return 0;
}
