/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of errors and signals, which people search logs for. */
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void append(char *to, size_t size, const char *text)
{
    size_t used = strlen(to);
    snprintf(to + used, size - used, "%s%s", used ? " | " : "", text);
}

CHECK(logging_strerror_set, .id = "logging.strerror.set", .says = "strerror has glibc's texts",
      .why = "alerts and tests that search for \"Connection timed out\" or \"No route to host\" "
             "find nothing on musl",
      .help = "search for the errno's number or name",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/errno/__strerror.h")
{
    static const int numbers[] = {0,         EIO,          ENOMEM,     EMFILE,     ENAMETOOLONG,
                                  ELOOP,     EOVERFLOW,    EOPNOTSUPP, EADDRINUSE, ENETUNREACH,
                                  ETIMEDOUT, EHOSTUNREACH, 9999};
    char text[900] = "";
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        append(text, sizeof text, strerror(numbers[i]));
    observe("%s", text);
}

CHECK(logging_strerror_same, .id = "logging.strerror.same",
      .says = "the commonest errors have the same text in glibc and musl",
      .why = "these can be searched for", .help = "a difference points to the libc",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/errno/__strerror.h")
{
    static const int numbers[] = {EPERM,  ENOENT, EINTR,  EBADF, EACCES,
                                  EEXIST, EINVAL, ENOSPC, EPIPE, ECONNREFUSED};
    char text[900] = "";
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        append(text, sizeof text, strerror(numbers[i]));
    observe("%s", text);
}

CHECK(logging_strsignal_set, .id = "logging.strsignal.set", .says = "strsignal has glibc's texts",
      .why = "supervisors log them, alerts search for them",
      .help = "search for the signal's number or name",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/string/strsignal.c")
{
    static const int numbers[] = {0, SIGFPE, SIGSEGV, SIGTERM, SIGCHLD, 999};
    char text[900] = "";
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        append(text, sizeof text, strsignal(numbers[i]));
    observe("%s", text);
}
