/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is written piece by piece and published whole: a temporary name beside the target,
 * fsync, rename. What is too large to be held in memory goes this way; the rest through file.h. */
#pragma once
#include "harness/base/text.h"

struct stream {
    struct text buffer; /* add to it, then stream_drain */
    int fd;
    char *name;      /* the target, for errors */
    char *temporary; /* NULL: written directly (standard output, a pipe, a device) */
    bool borrowed;   /* standard output is not ours to close */
};

/* path "-" is standard output. Follow with stream_close whether it succeeds or not. */
bool stream_open(struct stream *s, const char *path, struct error *e) NONNULL MUST_CHECK;

/* Writes the buffer out once it has grown large; call it after every row. */
bool stream_drain(struct stream *s, struct error *e) NONNULL MUST_CHECK;

/* Writes the rest and gives the file its name. */
bool stream_publish(struct stream *s, struct error *e) NONNULL MUST_CHECK;

/* Removes what was not published. */
void stream_close(struct stream *s) NONNULL;
