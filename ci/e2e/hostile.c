/* SPDX-License-Identifier: Apache-2.0 */
/* A probe that misbehaves in the way its MODE says, in place of a real one. For --list it hands
 * over to the real one, which stands beside it as NAME.real. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_hello(void)
{
    printf("{\"hello\":{\"probe\":1,\"area\":\"%s\",\"flavor\":\"musl-static\","
           "\"platform\":\"linux/amd64\",\"libc\":\"musl\",\"compiler\":\"none\","
           "\"built-with\":\"musl 1.2.3\",\"emulated\":false,\"checks\":1}}\n",
           AREA);
    fflush(stdout);
}

static void fork_without_end(void)
{
    for (;;) {
        if (fork() == 0)
            setsid();
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        char real[4096];
        snprintf(real, sizeof real, "%s.real", argv[0]);
        execv(real, argv);
        return 1;
    }
    if (strcmp(MODE, "silent") == 0)
        return 0;
    if (strcmp(MODE, "garbage") == 0) {
        fwrite("\x7f\x00\xff{\"check\":\n]]>\033[2J\n", 1, 18, stdout);
        return 0;
    }
    print_hello();
    if (strcmp(MODE, "crash") == 0)
        raise(SIGSEGV);
    if (strcmp(MODE, "hang") == 0)
        pause();
    if (strcmp(MODE, "flood") == 0)
        for (long i = 0; i < 10000000; i++)
            puts("{\"check\":\"none\"}");
    if (strcmp(MODE, "forks") == 0)
        fork_without_end();
    if (strcmp(MODE, "lie") == 0)
        puts("{\"check\":\"dns.tcp-fallback\",\"status\":\"value\",\"value\":\"x\"}\n{\"end\":{"
             "\"checks\":1}}");
    return 0;
}
