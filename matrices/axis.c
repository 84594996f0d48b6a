/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/axis.h"

#include <string.h>

static const struct axis words[WORD_FACT] = {
    [WORD_FLAVOR] = {WORD_FLAVOR, AXIS_FLAVOR, SET_NAMES, "flavor"},
    [WORD_LIBC] = {WORD_LIBC, AXIS_FLAVOR, SET_NAMES, "libc"},
    [WORD_LINKAGE] = {WORD_LINKAGE, AXIS_FLAVOR, SET_NAMES, "linkage"},
    [WORD_ARCH] = {WORD_ARCH, AXIS_PLATFORM, SET_NAMES, "arch"},
    [WORD_BITS] = {WORD_BITS, AXIS_PLATFORM, SET_NAMES, "bits"},
    [WORD_ENDIAN] = {WORD_ENDIAN, AXIS_PLATFORM, SET_NAMES, "endian"},
    [WORD_EMULATED] = {WORD_EMULATED, AXIS_EMULATED, SET_NAMES, "emulated"},
    [WORD_LIBC_VERSION] = {WORD_LIBC_VERSION, AXIS_OPEN, SET_VERSIONS, "libc-version"},
    [WORD_EMULATOR_VERSION] = {WORD_EMULATOR_VERSION, AXIS_OPEN, SET_VERSIONS, "emulator-version"},
    [WORD_KERNEL] = {WORD_KERNEL, AXIS_OPEN, SET_VERSIONS, "kernel"},
    [WORD_RUNNER] = {WORD_RUNNER, AXIS_OPEN, SET_NAMES, "runner"},
    [WORD_IMAGE] = {WORD_IMAGE, AXIS_OPEN, SET_GLOBS, "image"},
    [WORD_OS] = {WORD_OS, AXIS_OPEN, SET_NAMES, "os"},
    [WORD_OS_VERSION] = {WORD_OS_VERSION, AXIS_OPEN, SET_VERSIONS, "os-version"},
};

const char *axis_word_name(enum axis_word word)
{
    return words[word].name;
}

const char *fact_check(struct pool *pool, const char *fact)
{
    static const char prefix[] = "image-";
    size_t skip = strncmp(fact, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0;
    return pool_printf(pool, "image.%s", fact + skip);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

struct axis axis_by_name(struct pool *pool, const char *name)
{
    for (size_t i = 0; i < WORD_FACT; i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i];
    return (struct axis){WORD_FACT, AXIS_FACT,
                         ends_with(name, "-version") ? SET_VERSIONS : SET_NAMES,
                         fact_check(pool, name)};
}

size_t axis_member_count(enum axis_kind kind)
{
    return kind == AXIS_FLAVOR ? FLAVOR_COUNT + 1 : kind == AXIS_PLATFORM ? platform_count : 2;
}

const char *axis_member_value(enum axis_word word, size_t member)
{
    switch (word) {
    case WORD_FLAVOR:
        return flavor_name((enum flavor)member);
    case WORD_LIBC:
        return flavor_libc((enum flavor)member);
    case WORD_LINKAGE:
        return flavor_linkage((enum flavor)member);
    case WORD_ARCH:
        return platforms[member].arch;
    case WORD_BITS:
        return platforms[member].bits == 64 ? "64" : "32";
    case WORD_ENDIAN:
        return platforms[member].big_endian ? "big" : "little";
    default:
        return member ? "true" : "false";
    }
}
