/* SPDX-License-Identifier: Apache-2.0 */
/* What the libc itself says when it ends a program. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void fail_assertion(void *data);

static void free_twice(void *data)
{
    (void)data;
    char *volatile block = malloc(100);
    free(block);
    free(OPAQUE(block));
}

CHECK(logging_malloc_abort, .id = "logging.malloc-abort",
      .says = "a block freed twice ends the program with a message and SIGABRT",
      .why = "musl ends it with SIGSEGV and no word: crash triage by log text finds nothing",
      .help = "look at the exit status; link a debugging allocator to find the place",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/malloc/mallocng/free.c")
{
    char text[128];
    const char *end = in_child_writes(2, free_twice, NULL, NULL, 0, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    observe("%s, %s", end, text[0] ? text : "no word");
}

CHECK(logging_assert_format, .id = "logging.assert-format",
      .says = "a failed assertion is told as PROGRAM: FILE:LINE: FUNCTION: Assertion `X' failed.",
      .why = "crash collectors parse the line; musl words and orders it differently",
      .help = "match both forms",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/exit/assert.c")
{
    char text[256];
    program_invocation_name = program_invocation_short_name = (char[]){"program"};
    const char *end = in_child_writes(2, fail_assertion, NULL, NULL, 0, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    observe("%s, %s", end, text);
}

#undef NDEBUG
#include <assert.h>

static void fail_assertion(void *data)
{
    (void)data;
    int one = 1;
/* The message names file and line: they must not be those of the machine that built this. */
#line 28 "file.c"
    assert(one == 2);
}
