/* SPDX-License-Identifier: Apache-2.0 */
/* In place of libFuzzer: runs a fuzz target over the files of its corpus, as a unit test. */
#include "harness/base/file.h"
#include "harness/base/fuzz.h"

#include <dirent.h>

enum { INPUT_LIMIT = 1024 * 1024 };

/* A copy of just its size, so that reading past the end is seen. */
static void run_input(const char *data, size_t size)
{
    uint8_t *input = must_calloc(size > 0 ? size : 1, 1);
    memcpy(input, data, size);
    LLVMFuzzerTestOneInput(input, size);
    free(input);
}

static bool run_file(const char *folder, const char *name, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", folder, name);
    size_t size;
    CLEANUP_FREE char *data = file_read(path, INPUT_LIMIT, &size, e);
    if (!data)
        return false;
    fprintf(stderr, "%s\n", path); /* the last one is the one that fails */
    run_input(data, size);
    return true;
}

static bool run_folder(const char *folder, struct error *e)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    bool ok = count > 2 || error_set(e, ERROR_RUN, "%s: there is no corpus", folder);
    for (int i = 0; i < count; i++) {
        if (ok && names[i]->d_name[0] != '.')
            ok = run_file(folder, names[i]->d_name, e);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return ok;
}

int main(int argc, char **argv)
{
    struct error e = ERROR_INIT;
    run_input("", 0);
    for (int i = 1; i < argc; i++)
        if (!run_folder(argv[i], &e)) {
            fprintf(stderr, "%s\n", e.message);
            return 1;
        }
    return 0;
}
