/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/elf.h"
#include "harness/tree.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_PER_DIRECTORY = 40, NAMES_PER_DIRECTORY = 100000 };

static unsigned get16(const unsigned char *p, bool big_endian)
{
    return big_endian ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

bool elf_platform(const void *head, size_t size, const struct platform **ret_platform)
{
    const unsigned char *p = head;
    if (size < EI_NIDENT + 4 || memcmp(p, ELFMAG, SELFMAG) != 0)
        return false;
    int bits = p[EI_CLASS] == ELFCLASS64 ? 64 : p[EI_CLASS] == ELFCLASS32 ? 32 : 0;
    bool big_endian = p[EI_DATA] == ELFDATA2MSB;
    unsigned type = get16(p + EI_NIDENT, big_endian);
    unsigned machine = get16(p + EI_NIDENT + 2, big_endian);
    if (type != ET_EXEC && type != ET_DYN)
        return false;
    *ret_platform = platform_by_elf(bits, big_endian, (int)machine);
    return true;
}

/* Votes of each row of the platform table, and of files that are for none of ours last. */
static void vote_in(int root, const char *directory, size_t *votes)
{
    CLEANUP_NAMES struct tree_names names = tree_list(root, directory, NAMES_PER_DIRECTORY);
    size_t step = 1 + names.count / (4 * SAMPLE_PER_DIRECTORY), found = 0;
    for (size_t i = 0; i < names.count && found < SAMPLE_PER_DIRECTORY; i += step) {
        CLEANUP_FREE char *path = must_printf("%s/%s", directory, names.items[i]);
        size_t length;
        CLEANUP_FREE char *head = tree_read(root, path, ELF_HEAD_SIZE, &length);
        const struct platform *p;
        if (!head || !elf_platform(head, length, &p))
            continue;
        found++;
        votes[p ? (size_t)(p - platforms) : platform_count]++;
    }
}

struct elf_votes elf_vote(int root)
{
    static const char *const directories[] = {"bin",           "sbin", "usr/bin", "usr/sbin",
                                              "usr/local/bin", "lib",  "lib64",   "usr/lib",
                                              "usr/lib64",     "."};
    size_t *votes = must_calloc(platform_count + 1, sizeof *votes);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        vote_in(root, directories[i], votes);
    struct elf_votes result = {NULL, 0, 0};
    size_t most = 0;
    for (size_t i = 0; i <= platform_count; i++) {
        result.files += votes[i];
        if (votes[i] > most) {
            most = votes[i];
            result.platform = i < platform_count ? &platforms[i] : NULL;
        }
    }
    result.others = result.files - most;
    free(votes);
    return result;
}
