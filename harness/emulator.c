/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/emulator.h"
#include "harness/base/command.h"
#include "harness/base/sha256.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERSION_OUTPUT_LIMIT = 4096 };

char *emulator_parse_version(const char *output)
{
    const char *at = strstr(output, "version ");
    if (!at || !isdigit((unsigned char)at[8]))
        return NULL;
    at += 8;
    return must_printf("%.*s", (int)strspn(at, "0123456789."), at);
}

static char *find_in_folders(const char *folders, const char *name)
{
    CLEANUP_FREE char *copy = must_strdup(folders);
    char *rest = NULL;
    for (char *dir = strtok_r(copy, ":", &rest); dir; dir = strtok_r(NULL, ":", &rest)) {
        char *path = must_printf("%s/%s", dir, name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static bool ask_version(struct emulator *emulator, struct error *e)
{
    char *argv[] = {emulator->path, (char[]){"--version"}, NULL};
    struct command command;
    if (!command_start(&command, argv, e))
        return false;
    CLEANUP_FREE char *output = command_finish(&command, VERSION_OUTPUT_LIMIT, NULL, e);
    if (!output)
        return false;
    emulator->version = emulator_parse_version(output);
    if (!emulator->version)
        return error_set(e, ERROR_RUN, "%s --version does not tell a version", emulator->path);
    return true;
}

static bool read_version(struct emulator *emulator, const struct memo *memo, struct error *e)
{
    char key[SHA256_TEXT_SIZE];
    size_t length;
    bool keyed = memo_file_key(memo, "version", emulator->path, key);
    emulator->version = keyed ? memo_recall(memo, key, &length) : NULL;
    if (emulator->version)
        return true;
    if (!ask_version(emulator, e))
        return false;
    if (keyed)
        memo_remember(memo, key, emulator->version, strlen(emulator->version));
    return true;
}

bool emulator_find(const struct platform *platform, const struct memo *memo, struct emulator *ret,
                   struct error *e)
{
    const char *folder = getenv("PLIMSOLL_QEMU"), *path = getenv("PATH");
    const char *folders = folder && *folder ? folder : path ? path : "/usr/bin:/bin";
    struct emulator found = {.name = must_printf("qemu-%s-static", platform->qemu)};
    found.path = find_in_folders(folders, found.name);
    if (!found.path) {
        error_set(e, ERROR_RUN,
                  "%s needs the emulator %s, which is not in %s (install qemu-user-static)",
                  platform->name, found.name, folders);
        emulator_done(&found);
        return false;
    }
    char digest[SHA256_TEXT_SIZE];
    if (!read_version(&found, memo, e) || !memo_digest(memo, found.path, digest, e)) {
        emulator_done(&found);
        return false;
    }
    found.digest = must_strdup(digest);
    *ret = found;
    return true;
}

void emulator_done(struct emulator *emulator)
{
    free(emulator->path);
    free(emulator->name);
    free(emulator->version);
    free(emulator->digest);
    *emulator = (struct emulator){NULL, NULL, NULL, NULL};
}
