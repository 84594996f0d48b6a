/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: one struct, two states (set or not), context added on the way up.
 *
 * A fallible function takes `struct error *` as its last argument and returns false, -1 or NULL
 * after setting it. An error is set once, by the function that found the fault; callers add what
 * they know with error_context(). Library code never prints: only the command line does, once. */
#pragma once
#include <stdbool.h>

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define NONNULL __attribute__((nonnull))

/* Why it failed, as far as the exit code is concerned (see README, exit codes). */
enum error_code {
    ERROR_NONE = 0,
    ERROR_USAGE = 2,   /* the command line, the configuration or the matrix is wrong */
    ERROR_RUN = 3,     /* something could not be read, unpacked, started or understood */
    ERROR_NOTHING = 4, /* nothing was selected */
};

struct error {
    enum error_code code; /* ERROR_NONE: not set */
    char *message;        /* owned; one printable line, no final full stop; NULL when not set */
};

#define ERROR_INIT \
    { \
        ERROR_NONE, (char *)0 \
    }

/* Sets e, which must not be set yet. Returns false so that `return error_set(...)` reads well.
 * Foreign names may be given as they are: control bytes and what is not UTF-8 become \xHH. */
bool error_set(struct error *e, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As error_set, for a list of faults, one a line. */
bool error_set_lines(struct error *e, enum error_code code, const char *lines);

/* As error_set, and appends ": strerror(errnum)". */
bool error_errno(struct error *e, enum error_code code, int errnum, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Puts "text: " before the message of a set error. Returns false. */
bool error_context(struct error *e, const char *format, ...) PRINTF_LIKE(2, 3);

static inline bool error_is_set(const struct error *e)
{
    return e->code != ERROR_NONE;
}

/* Frees the message and makes e unset again; safe on an unset error. */
void error_clear(struct error *e);
