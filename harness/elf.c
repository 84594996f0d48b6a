/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/elf.h"
#include "harness/tree.h"

#include <elf.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_PER_DIRECTORY = 40, NAMES_PER_DIRECTORY = 100000 };

static uint64_t get(const unsigned char *p, size_t size, bool big_endian)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | p[big_endian ? i : size - 1 - i];
    return value;
}

bool elf_platform(const void *head, size_t size, const struct platform **ret_platform)
{
    const unsigned char *p = head;
    if (size < EI_NIDENT + 4 || memcmp(p, ELFMAG, SELFMAG) != 0)
        return false;
    int bits = p[EI_CLASS] == ELFCLASS64 ? 64 : p[EI_CLASS] == ELFCLASS32 ? 32 : 0;
    bool big_endian = p[EI_DATA] == ELFDATA2MSB;
    uint64_t type = get(p + EI_NIDENT, 2, big_endian);
    uint64_t machine = get(p + EI_NIDENT + 2, 2, big_endian);
    if (type != ET_EXEC && type != ET_DYN)
        return false;
    *ret_platform = platform_by_elf(bits, big_endian, (int)machine);
    return true;
}

/* Where the two classes keep what leads to PT_INTERP, and how wide their addresses are. */
struct fields {
    size_t head, table, entry_size, count; /* of the file's head, and fields in it */
    size_t entry, offset, length;          /* of a program header, and fields in it */
    size_t width;
};

static const struct fields *fields_of(const unsigned char *p, size_t size)
{
#define FIELDS(bits) \
    { \
        sizeof(Elf##bits##_Ehdr), offsetof(Elf##bits##_Ehdr, e_phoff), \
            offsetof(Elf##bits##_Ehdr, e_phentsize), offsetof(Elf##bits##_Ehdr, e_phnum), \
            sizeof(Elf##bits##_Phdr), offsetof(Elf##bits##_Phdr, p_offset), \
            offsetof(Elf##bits##_Phdr, p_filesz), (bits) / 8 \
    }
    static const struct fields small = FIELDS(32), wide = FIELDS(64);
#undef FIELDS
    if (size < EI_NIDENT || memcmp(p, ELFMAG, SELFMAG) != 0)
        return NULL;
    const struct fields *l = p[EI_CLASS] == ELFCLASS64   ? &wide
                             : p[EI_CLASS] == ELFCLASS32 ? &small
                                                         : NULL;
    return l && size >= l->head ? l : NULL;
}

char *elf_interpreter(const void *data, size_t size)
{
    const unsigned char *p = data;
    const struct fields *l = fields_of(p, size);
    if (!l)
        return NULL;
    bool big = p[EI_DATA] == ELFDATA2MSB;
    uint64_t table = get(p + l->table, l->width, big), count = get(p + l->count, 2, big);
    if (get(p + l->entry_size, 2, big) != l->entry || table > size)
        return NULL;
    for (uint64_t i = 0; i < count && (i + 1) * l->entry <= size - table; i++) {
        const unsigned char *entry = p + table + i * l->entry;
        if (get(entry, 4, big) != PT_INTERP)
            continue;
        /* the kernel takes the first, of these lengths only, ended by NUL */
        uint64_t offset = get(entry + l->offset, l->width, big);
        uint64_t length = get(entry + l->length, l->width, big);
        bool whole = length >= 2 && length <= PATH_MAX && offset <= size &&
                     length <= size - offset && p[offset + length - 1] == '\0';
        return whole ? must_printf("%s", (const char *)p + offset) : NULL;
    }
    return NULL;
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
