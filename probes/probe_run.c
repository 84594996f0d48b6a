/* SPDX-License-Identifier: Apache-2.0 */
/* One check: a child of its own with a limit, and what became of it. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    DEFAULT_LIMIT = 5,
    EMULATED_FACTOR = 4,
    HIGH_FD = 64,
    SCRATCH_SIZE = 512,
    VARIABLE_SIZE = 520
};

/* The value is the texts one after the other. */
#define outcome_set(o, kind, ...) \
    (text_join((o)->status, sizeof(o)->status, kind), \
     text_join((o)->value, sizeof(o)->value, __VA_ARGS__))

static unsigned nominal_limit(const struct check *c)
{
    return c->limit ? c->limit : DEFAULT_LIMIT;
}

double limit_of(const struct check *c)
{
    return (double)nominal_limit(c) * (emulated() ? EMULATED_FACTOR : 1);
}

/* Little is left to do here: what the parent did already, an emulator has translated already, and
 * need not translate again in every child. */
_Noreturn static void be_check(const struct check *c, int say)
{
    setpgid(0, 0);
    say_through(say);
    child_limit = limit_of(c) / 2;
    c->run();
    _exit(0);
}

/* The records of the child (see probe_say.c) and how it ended, as an outcome. */
static void judge_end(const char *records, size_t size, int status, struct outcome *o)
{
    if (WIFSIGNALED(status)) {
        outcome_set(o, "crash", signal_name(WTERMSIG(status)));
    } else if (size == 0) {
        outcome_set(o, "error", end_name(status), " without an observation");
    } else if (status != 0) {
        outcome_set(o, "error", end_name(status), " after its observation");
    } else if (!memchr(records, '\0', size) || strlen(records) + 1 != size) {
        outcome_set(o, "error", "more than one observation");
    } else {
        const char *kind = records[0] == 'V' ? "value" : records[0] == 'S' ? "skip" : "error";
        outcome_set(o, kind, records + 1);
    }
}

/* A pipe out of the way of checks that count or close low descriptors. (fcntl() would do too, but
 * a 32-bit glibc has it anew since 2.28.) */
static bool make_pipe(int ends[2])
{
    int low[2];
    if (pipe2(low, O_CLOEXEC | O_NONBLOCK) < 0)
        return false;
    for (int i = 0; i < 2; i++) {
        ends[i] = dup3(low[i], HIGH_FD + i, O_CLOEXEC);
        close(low[i]);
    }
    return ends[0] >= 0 && ends[1] >= 0;
}

static void run_child(const struct check *c, struct outcome *o)
{
    int ends[2], status = 0;
    if (!make_pipe(ends)) {
        outcome_set(o, "error", "pipe: ", errno_name(errno));
        return;
    }
    struct watch w;
    watch_children(&w);
    pid_t pid = fork();
    if (pid == 0) {
        unwatch_children(&w);
        close(ends[0]);
        be_check(c, ends[1]);
    }
    int error = errno;
    close(ends[1]);
    if (pid > 0) {
        setpgid(pid, pid); /* also here: whoever comes first */
        bool ended = await_child(pid, true, NULL, 0, NULL, NULL, limit_of(c), &status);
        char records[4 * VALUE_MAX];
        ssize_t n = read(ends[0], records, sizeof records);
        if (ended)
            judge_end(records, n > 0 ? (size_t)n : 0, status, o);
        else
            outcome_set(o, "timeout", number_text(nominal_limit(c)), " s");
    } else {
        outcome_set(o, "error", "fork: ", errno_name(error));
    }
    unwatch_children(&w);
    close(ends[0]);
}

/* In the place of the variable of that name, so that nothing is allocated. */
static bool set_variable(char *text, const char *name, const char *value)
{
    text_join(text, VARIABLE_SIZE, name, value);
    size_t length = strlen(name);
    for (char **e = environ; e && *e; e++) {
        if (strncmp(*e, name, length) != 0)
            continue;
        *e = text;
        return true;
    }
    return putenv(text) == 0;
}

/* The child inherits it: an empty directory as the working one, HOME and TMPDIR. */
static bool enter_scratch(const char *scratch)
{
    static char home[VARIABLE_SIZE], tmpdir[VARIABLE_SIZE];
    return chdir(scratch) == 0 && set_variable(home, "HOME=", scratch) &&
           set_variable(tmpdir, "TMPDIR=", scratch);
}

void run_check(const struct check *c, struct outcome *ret_outcome)
{
    static char parent[256];
    char scratch[SCRATCH_SIZE];
    if (!*parent) {
        const char *tmpdir = getenv("TMPDIR");
        text_join(parent, sizeof parent, tmpdir && *tmpdir ? tmpdir : "/tmp");
    }
    if (!scratch_make(parent, scratch, sizeof scratch)) {
        outcome_set(ret_outcome, "error", "no scratch directory: ", errno_name(errno));
        return;
    }
    if (enter_scratch(scratch))
        run_child(c, ret_outcome);
    else
        outcome_set(ret_outcome, "error",
                    "cannot enter the scratch directory: ", errno_name(errno));
    scratch_remove(scratch);
    fixture_sequence += 1000; /* a late answer to this check is not taken for the next one's */
}

/* Has an emulator translate here what it would else in the child of each check. */
static void translate(const struct check *const *checks, size_t count)
{
    observe("%s %d %u %ld %lx %zu %c %.3s", "text", -10, 10U, 10L, 10UL, (size_t)10, '.', "a\nb");
    for (size_t i = 0; i < count; i++)
        if (checks[i]->waits)
            return;
    if (warm_up)
        warm_up();
}

bool run_begin(int *ret_output)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    *ret_output = dup3(STDOUT_FILENO, HIGH_FD + 2, O_CLOEXEC);
    if (null < 0 || *ret_output < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0)
        return false;
    if (null > STDERR_FILENO)
        close(null);
    return true;
}

void run_warm(const struct check *const *checks, size_t count)
{
    if (count < 2 || !emulated())
        return;
    say_through(STDOUT_FILENO); /* /dev/null by now */
    translate(checks, count);
}
