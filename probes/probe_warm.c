/* SPDX-License-Identifier: Apache-2.0 */
/* Under an emulator a process has every piece of code translated that it comes to, and a forked
 * child inherits the translations. So the checks are the children of a child that has been where
 * all of them go: it is forked, as they are, and has said something and done what its area's
 * warm_up() does. */
#include "probe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WARM_LIMIT = 10 }; /* seconds; a tenth of one is usual */

/* Blocks that fit into each other's places and that do not. */
static void allocate(void)
{
    static const size_t sizes[] = {24, 4000, 100, 70000, 1000, 24};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    void *blocks[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        blocks[i] = malloc(sizes[i]);
    for (size_t i = 0; i < COUNT; i += 2)
        free(blocks[i]);
    for (size_t i = 1; i < COUNT; i += 2)
        free(realloc(blocks[i], 3 * sizes[i]));
    free(calloc(3, 50));
}

static void print_and_read(void)
{
    char text[64];
    snprintf(text, sizeof text, "%d.", 1);
    FILE *f = fopen("/proc/self/stat", "re"); /* something that is there */
    if (f && fgets(text, sizeof text, f))
        errno_name(atoi(text));
    if (f)
        fclose(f);
}

static void write_twice(int out, void *data)
{
    if (write(out, "a", 1) != 1 || write(out, data, 1) != 1)
        _exit(1);
}

/* What checks of all areas do. */
static void do_usual(const struct watch *w)
{
    char text[64];
    begin_as_child(w, STDOUT_FILENO, child_limit); /* /dev/null by now */
    observe("%s", "a\nb");
    observe("%s %d %u %ld %lx %zu %c %.3s", "text", -10, 10U, 10L, 10UL, (size_t)10, '.', "a\nb");
    allocate();
    print_and_read();
    in_child(write_twice, text, text, sizeof text);
}

static void be_warm(const struct watch *w, int ready)
{
    do_usual(w);
    if (warm_up)
        warm_up();
    if (write(ready, "", 1) != 1)
        _exit(3);
    close(ready);
}

/* As the child ended, which ran all checks. */
_Noreturn static void end_as(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status))
        kill(getpid(), WTERMSIG(status));
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
}

static bool is_ready(int fd)
{
    struct pollfd p = {fd, POLLIN, 0};
    char byte;
    int n;
    while ((n = poll(&p, 1, WARM_LIMIT * 1000)) < 0 && errno == EINTR)
        ;
    return n > 0 && read(fd, &byte, 1) == 1;
}

void warm_first(void)
{
    void *shared =
        emulated() ? mmap(NULL, 1, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;
    if (shared != MAP_FAILED)
        munmap(shared, 1);
}

void run_warm(size_t count)
{
    int ends[2];
    struct watch w;
    if (count < 2 || !emulated() || pipe(ends) < 0)
        return;
    watch_children(&w);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        be_warm(&w, ends[1]);
        return;
    }
    unwatch_children(&w);
    close(ends[1]);
    if (pid > 0 && is_ready(ends[0]))
        end_as(pid);
    close(ends[0]);
    if (pid > 0) {
        kill(-pid, SIGKILL);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
}
