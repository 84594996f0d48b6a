/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/locale_archive.h"
#include "harness/base/pool.h"

#include <stdint.h>
#include <string.h>

enum {
    HEAD_SIZE = 56,
    ENTRY_SIZE = 12,
    AT_NAMEHASH_OFFSET = 8,
    AT_NAMEHASH_SIZE = 16,
    ENTRY_LIMIT = 65536
};
static const uint32_t magic = 0xde020109;

static uint32_t get32(const unsigned char *p, bool big_endian)
{
    return big_endian ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
                      : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void add_name(const unsigned char *data, size_t size, uint32_t offset,
                     struct tree_names *ret)
{
    if (offset >= size || !memchr(data + offset, '\0', size - offset))
        return;
    *ARRAY_ADD(&ret->items, &ret->count) = must_strdup((const char *)data + offset);
}

bool locale_archive_names(const void *data, size_t size, struct tree_names *ret)
{
    const unsigned char *p = data;
    if (size < HEAD_SIZE || (get32(p, false) != magic && get32(p, true) != magic))
        return false;
    bool big_endian = get32(p, true) == magic;
    size_t offset = get32(p + AT_NAMEHASH_OFFSET, big_endian);
    size_t count = get32(p + AT_NAMEHASH_SIZE, big_endian);
    for (size_t i = 0; i < count && i < ENTRY_LIMIT; i++, offset += ENTRY_SIZE) {
        if (offset > size || size - offset < ENTRY_SIZE)
            break;
        if (get32(p + offset + 8, big_endian) != 0)
            add_name(p, size, get32(p + offset + 4, big_endian), ret);
    }
    return true;
}
