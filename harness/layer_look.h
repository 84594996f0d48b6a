/* SPDX-License-Identifier: Apache-2.0 */
/* What an archive's entry says of itself beside its content: owner, mode, times, extended
 * attributes; giving that to a file, and keeping account of what the file could not have. */
#pragma once
#include "harness/base/error.h"
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

enum layer_missed { /* bits: what is not in the root, but only in its record */
                    LAYER_MISSED_OWNER = 1 << 0,
                    LAYER_MISSED_MODE = 1 << 1,
                    LAYER_MISSED_ALL =
                        1 << 2, /* nothing was made: a device for who may not, an unknown kind */
};

struct layer_attribute {
    char *name;  /* owned */
    void *value; /* owned */
    size_t size;
    bool kept; /* the root has it */
};

struct layer_look {
    mode_t mode; /* kind and permissions */
    int64_t uid, gid;
    struct timespec time;
    unsigned major, minor;
    struct layer_attribute *attributes; /* heap */
    size_t attribute_count;
    unsigned missed;
};

/* Who is unpacking, and so what files may be given. */
struct layer_powers {
    bool owners; /* any owner; if not, all that is the unpacker's own counts as root's */
    bool root;   /* new files are root's by themselves */
    mode_t mask; /* umask(2) */
};

/* Makes dir, the root that is to be filled, a directory of root's, as far as that goes, from which
 * nothing is inherited, and so finds out. */
struct layer_powers layer_powers_find(int dir);

void layer_look_init(struct layer_look *k, struct archive_entry *entry) NONNULL;
void layer_look_done(struct layer_look *k) NONNULL;

/* Whether anything of it must be told by the record. */
bool layer_look_is_partial(const struct layer_look *k) NONNULL MUST_CHECK;

/* The mode to give, in which whoever unpacks without powers can still read and remove it. */
mode_t layer_look_mode(struct layer_look *k, const struct layer_powers *p) NONNULL;

/* Gives all of it to an open file or directory. mode_set: it has its mode already. */
bool layer_look_apply(struct layer_look *k, struct layer_powers *p, int fd, bool mode_set,
                      struct error *e) NONNULL MUST_CHECK;
/* The same for what is not opened, by its name in a directory: links, fifos, devices. Attributes
 * are only recorded. */
bool layer_look_apply_at(struct layer_look *k, struct layer_powers *p, int dir, const char *name,
                         struct error *e) NONNULL MUST_CHECK;
