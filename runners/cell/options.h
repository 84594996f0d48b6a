/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of plimsoll-cell, as PROTOCOL.md describes it. */
#pragma once
#include "harness/base/error.h"

#include <stddef.h>
#include <sys/types.h>

enum root_mode { ROOT_AUTO, ROOT_OVERLAY, ROOT_SYNTHETIC };
enum emulation { EMULATION_AUTO, EMULATION_PRIVATE, EMULATION_HOST, EMULATION_PREFIX };

enum { IDENTITY_GROUPS_MAX = 32, BINDS_MAX = 64 };

struct identity { /* whom probes run as */
    uid_t uid;
    gid_t gid;
    gid_t groups[IDENTITY_GROUPS_MAX]; /* beyond gid */
    size_t group_count;
};

struct bind {
    char *source, *target; /* owned; target is absolute, without "." and ".." */
};

struct elf_kind { /* what an ELF header says of its platform */
    int bits;     /* 32, 64 */
    bool big_endian;
    unsigned machine;
};

struct options {
    const char *root, *hostname, *emulator; /* borrowed from argv; emulator NULL: native */
    struct bind binds[BINDS_MAX];
    size_t bind_count;
    struct elf_kind elf;
    struct identity identity;
    enum root_mode root_mode;
    enum emulation emulation;
};

/* Errors are ERROR_USAGE. On failure, too, the options are to be given to options_done. */
bool options_parse(struct options *o, int argc, char *const argv[], struct error *e) MUST_CHECK;
void options_done(struct options *o);
