/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/interpreter.h"
#include "harness/base/pool.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64 };

struct elf { /* what is needed of an ELF file, whatever its class and byte order */
    int fd;
    bool wide, big_endian;
    uint64_t segments_at;
    unsigned segment_count;
};

static uint64_t number(const struct elf *elf, const void *field, size_t size)
{
    const unsigned char *bytes = field;
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[elf->big_endian ? i : size - 1 - i];
    return value;
}

#define FIELD(elf, s32, s64, member) \
    ((elf)->wide ? number(elf, &(s64).member, sizeof(s64).member) \
                 : number(elf, &(s32).member, sizeof(s32).member))

static bool read_header(struct elf *elf)
{
    union {
        Elf32_Ehdr h32;
        Elf64_Ehdr h64;
    } head;
    if (pread(elf->fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head.h32.e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    elf->wide = head.h32.e_ident[EI_CLASS] == ELFCLASS64;
    elf->big_endian = head.h32.e_ident[EI_DATA] == ELFDATA2MSB;
    elf->segments_at = FIELD(elf, head.h32, head.h64, e_phoff);
    elf->segment_count = (unsigned)FIELD(elf, head.h32, head.h64, e_phnum);
    return true;
}

bool interpreter_read(int fd, char *ret_path, size_t size)
{
    struct elf elf = {.fd = fd};
    if (!read_header(&elf))
        return false;
    for (unsigned i = 0; i < elf.segment_count && i < SEGMENTS_MAX; i++) {
        union {
            Elf32_Phdr p32;
            Elf64_Phdr p64;
        } segment = {0};
        size_t n = elf.wide ? sizeof segment.p64 : sizeof segment.p32;
        if (pread(fd, &segment, n, (off_t)(elf.segments_at + i * n)) != (ssize_t)n)
            return false;
        if (FIELD(&elf, segment.p32, segment.p64, p_type) != PT_INTERP)
            continue;
        uint64_t at = FIELD(&elf, segment.p32, segment.p64, p_offset);
        uint64_t length = FIELD(&elf, segment.p32, segment.p64, p_filesz);
        return length >= 2 && length <= size &&
               pread(fd, ret_path, length, (off_t)at) == (ssize_t)length &&
               ret_path[length - 1] == '\0';
    }
    return false;
}

static int executable_error(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return EACCES;
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

int interpreter_exec_error(const char *path)
{
    char interpreter[256];
    int errnum = executable_error(path);
    if (errnum != 0)
        return errnum;
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || !interpreter_read(fd, interpreter, sizeof interpreter))
        return 0;
    return executable_error(interpreter);
}
