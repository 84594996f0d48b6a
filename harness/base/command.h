/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program for what it prints. No shell; an empty environment; stdin from /dev/null. What
 * it says on stderr is shown only as part of the error, when it fails. */
#pragma once
#include "harness/base/error.h"
#include <stddef.h>
#include <sys/types.h>

struct command { /* a started program; {.pid = 0} is none */
    const char *program;
    pid_t pid;
    int out, err; /* a pipe; a file in memory, or -1 */
};

/* Several may be started before the first is finished. argv[0] is the path of the program. */
bool command_start(struct command *c, char *const argv[], struct error *e) NONNULL MUST_CHECK;

/* What it printed (NUL-terminated, the caller frees it; ret_length may be NULL). Printing more than
 * limit bytes, an exit status other than 0 or a signal is an error. */
char *command_finish(struct command *c, size_t limit, size_t *ret_length,
                     struct error *e) MUST_CHECK;

/* Ends one that is not wanted any more; nothing to do for none. */
void command_stop(struct command *c) NONNULL;
