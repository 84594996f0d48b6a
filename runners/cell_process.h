/* SPDX-License-Identifier: Apache-2.0 */
/* One running plimsoll-cell: jobs go in, events come out. See runners/cell/PROTOCOL.md. */
#pragma once
#include "harness/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct cell_process; /* opaque */

struct cell_ready {
    const char *root;      /* "overlay", "synthetic" */
    const char *emulation; /* "none", "private", "host", "prefix" */
};

struct cell_line { /* a job wrote a line */
    size_t job;
    double milliseconds; /* since the job's start */
    const char *text;
    size_t length;
    bool damaged; /* cut, or without its newline */
};

struct cell_end { /* a job is over; how */
    size_t job;
    double milliseconds;
    int exit_status;    /* -1 unless it exited */
    const char *signal; /* "SIGKILL"; NULL unless a signal ended it */
    const char *exec;   /* errno name: it could not be executed */
    const char *error;  /* the job could not be prepared */
    bool timeout, flood;
    const char *standard_error; /* "" when there was none */
};

struct cell_events { /* texts are valid during the call only */
    void *data;
    void (*ready)(const struct cell_ready *, void *data);
    void (*line)(const struct cell_line *, void *data);
    void (*end)(const struct cell_end *, void *data);
    /* Last of all, once. why: NULL when it ended by itself with status 0. */
    void (*gone)(const char *why, void *data);
};

/* Starts argv[0] with argv. Whatever goes wrong, also with the start, is told by `gone`, from the
 * loop; after it the object is freed. */
struct cell_process *cell_process_start(uv_loop_t *loop, char **argv,
                                        const struct cell_events *events) NONNULL MUST_CHECK;
/* One job as a line of JSON with its newline; copied. */
void cell_process_send(struct cell_process *c, const char *line, size_t length) NONNULL;
void cell_process_finish(struct cell_process *c) NONNULL; /* no more jobs: it may end */
void cell_process_kill(struct cell_process *c) NONNULL;
