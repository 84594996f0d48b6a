/* SPDX-License-Identifier: Apache-2.0 */
/* Where the writes of stdout and stderr fall, when neither is a terminal. */
#include "probe.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define DIFFERENCES "https://wiki.musl-libc.org/functional-differences-from-glibc.html"

static void three_lines(void *data)
{
    (void)data;
    printf("a\n");
    printf("b\n");
    printf("c\n");
    _exit(0);
}

CHECK(logging_stdout_first_line, .id = "logging.stdout.first-line",
      .says = "what is printed to a pipe stays in the buffer when the program ends by _exit",
      .why = "musl writes the first line at once: a killed program's log holds its first line on "
             "Alpine and nothing on Debian",
      .help = "flush stdout after what must be seen, or set it to line buffering",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/stdio/__stdout_write.c")
{
    char text[64];
    in_child_writes(1, three_lines, NULL, NULL, 0, text, sizeof text);
    observe("%s", text[0] ? text : "nothing");
}

static void many_lines(void *data)
{
    (void)data;
    for (int i = 0; i < 500; i++)
        printf("line %03d.\n", i);
    exit(0);
}

CHECK(logging_stdout_chunk, .id = "logging.stdout.chunk",
      .says = "5000 bytes printed as lines leave in pieces of 4096 bytes",
      .why = "musl's buffer has 1024: more writes, and lines torn at other places",
      .help = "set a buffer of your own with setvbuf",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/stdio/stdout.c")
{
    char sizes[128];
    in_child_writes(1, many_lines, NULL, sizes, sizeof sizes, NULL, 0);
    observe("%s", sizes);
}

static void big_write(void *data)
{
    (void)data;
    static char block[10000];
    memset(block, 'x', sizeof block);
    fwrite(block, 1, sizeof block, stdout);
    exit(0);
}

CHECK(logging_stdout_bigwrite, .id = "logging.stdout.bigwrite",
      .says = "10000 bytes in one fwrite leave as whole blocks and a rest",
      .why = "musl writes them at once: whether a long record can be torn depends on it",
      .help = "use write(2) for records that must stay whole", .refs = DIFFERENCES)
{
    char sizes[128];
    in_child_writes(1, big_write, NULL, sizes, sizeof sizes, NULL, 0);
    observe("%s", sizes);
}

static void buffered_with_size(void *data)
{
    setvbuf(stdout, NULL, _IOFBF, 16384);
    many_lines(data);
}

CHECK(logging_stdout_setvbuf_null, .id = "logging.stdout.setvbuf-null",
      .says = "setvbuf without a buffer does not change its size",
      .why = "\"setvbuf(stdout, NULL, _IOFBF, 65536)\" against many small writes does nothing",
      .help = "give setvbuf a buffer of your own",
      .refs = "https://man7.org/linux/man-pages/man3/setbuf.3.html")
{
    char sizes[128];
    in_child_writes(1, buffered_with_size, NULL, sizes, sizeof sizes, NULL, 0);
    observe("%s", sizes);
}

static void long_message(void *data)
{
    (void)data;
    char message[251];
    memset(message, 'm', 250);
    message[250] = '\0';
    fprintf(stderr, "lvl=%s msg=%s end\n", "info", message);
}

CHECK(logging_stderr_long_fprintf, .id = "logging.stderr.long-fprintf",
      .says = "one fprintf to stderr is one write",
      .why = "musl needs several for long messages: lines of threads and processes are mixed",
      .help = "format into a buffer and write it at once", .refs = DIFFERENCES)
{
    char sizes[64];
    in_child_writes(2, long_message, NULL, sizes, sizeof sizes, NULL, 0);
    observe("%s", sizes);
}

static void two_messages(void *data)
{
    (void)data;
    fprintf(stderr, "%s: %d\n", "short", 42);
    fputs("text\n", stderr);
}

CHECK(logging_stderr_short_fprintf, .id = "logging.stderr.short-fprintf",
      .says = "a short fprintf and an fputs to stderr are one write each",
      .why = "collectors take a write for a record", .help = "a difference points to the libc",
      .refs = DIFFERENCES)
{
    char sizes[64], text[64];
    in_child_writes(2, two_messages, NULL, sizes, sizeof sizes, text, sizeof text);
    observe("%s %s", sizes, text);
}

static void call_perror(void *data)
{
    (void)data;
    errno = ENOENT;
    perror("tag");
}

CHECK(logging_stderr_perror_writes, .id = "logging.stderr.perror-writes",
      .says = "perror is one write",
      .why = "musl needs five: error lines of several processes are mixed",
      .help = "use strerror and one write",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/stdio/perror.c")
{
    char sizes[64], text[128];
    in_child_writes(2, call_perror, NULL, sizes, sizeof sizes, text, sizeof text);
    observe("%s %s", sizes, text);
}

static void call_warn(void *data)
{
    (void)data;
    errno = ENOENT;
    program_invocation_short_name = (char[]){"name"};
    warn("tag %d", 7);
}

CHECK(logging_stderr_warn_writes, .id = "logging.stderr.warn-writes",
      .says = "warn is three writes",
      .why = "error lines of several processes are mixed in both libcs, at other places",
      .help = "use one write a line", .refs = "https://man7.org/linux/man-pages/man3/err.3.html")
{
    char sizes[64];
    in_child_writes(2, call_warn, NULL, sizes, sizeof sizes, NULL, 0);
    observe("%s", sizes);
}

static void narrow_then_wide(void *data)
{
    (void)data;
    printf("n");
    fwprintf(stdout, L"w");
    exit(0);
}

CHECK(logging_wide_mix, .id = "logging.wide-mix",
      .says = "after printf, fwprintf to the same stream writes nothing",
      .why = "glibc refuses the mix, musl writes both: messages are lost on Debian only",
      .help = "use one kind a stream", .refs = "https://man7.org/linux/man-pages/man3/fwide.3.html")
{
    char text[16];
    in_child_writes(1, narrow_then_wide, NULL, NULL, 0, text, sizeof text);
    observe("%s", text);
}

static void print_and_abort(void *data)
{
    (void)data;
    /* glibc writes through buffers of less than 128 bytes. */
    setvbuf(stdout, (char[512]){0}, _IOFBF, 512);
    fputs("x", stdout);
    abort();
}

CHECK(logging_abort_flush, .id = "logging.abort-flush",
      .says = "abort does not write buffered output",
      .why = "the last lines before a crash are missing from the log",
      .help = "flush stdout after every line, or log to stderr",
      .refs = "https://sourceware.org/glibc/wiki/Release/2.27")
{
    char text[16];
    const char *end = in_child_writes(1, print_and_abort, NULL, NULL, 0, text, sizeof text);
    observe("%s, %s", text[0] ? text : "nothing", end);
}
