/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the framework: running one check, or the whole program. */
#pragma once
#include "probe.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static inline struct outcome run_named(const char *id)
{
    struct outcome o = {.status = "none"};
    for (const struct check *const *c = __start_plimsoll_checks; c < __stop_plimsoll_checks; c++)
        if (!strcmp((*c)->id, id))
            run_check(*c, &o);
    return o;
}

static inline void assert_outcome(const char *id, const char *status, const char *value)
{
    struct outcome o = run_named(id);
    ck_assert_str_eq(o.status, status);
    ck_assert_str_eq(o.value, value);
}

/* The exit code of the probe's main; what it prints in text. */
static inline int call_main_with(char *text, size_t size, int argc, char **argv)
{
    int ends[2], status = 0;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        _exit(probe_main(argc, argv));
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n; (n = read(ends[0], text + used, size - 1 - used)) > 0;)
        used += (size_t)n;
    text[used] = '\0';
    close(ends[0]);
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int call_main(char *text, size_t size, const char *first, const char *second)
{
    char *argv[] = {(char *)"probe", (char *)first, (char *)second, NULL};
    return call_main_with(text, size, 1 + !!first + !!second, argv);
}

static char printed[65536];

/* In what was printed. */
static inline void assert_line(const char *id, const char *status, const char *value)
{
    char line[256];
    snprintf(line, sizeof line, "{\"check\":\"%s\",\"status\":\"%s\",\"value\":\"%s\"}\n", id,
             status, value);
    ck_assert_msg(strstr(printed, line) != NULL, "%s not in %s", line, printed);
}
