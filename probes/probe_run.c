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
    SCRATCH_SIZE = 512,
    VARIABLE_SIZE = 520,
    SIDE_MAX = 32, /* children side by side; a cell gives more fixtures */
    /* Descriptors, see also probe_fixture.c. */
    OUTPUT_FD = 64,
    SAY_FD = 65,
    SAID_FD = 70, /* and the next SIDE_MAX ones */
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

struct child { /* of this process, which runs a check */
    const struct check *check;
    pid_t pid;
    int said; /* where what it says arrives */
    double limit, end;
    char scratch[SCRATCH_SIZE];
};

void begin_as_child(const struct watch *w, int say, double limit)
{
    unwatch_children(w);
    setpgid(0, 0);
    say_through(say);
    child_limit = limit;
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

/* ---- one child ---- */

/* A pipe out of the way of checks that count or close low descriptors. (fcntl() would do too, but
 * a 32-bit glibc has it anew since 2.28.) */
static bool make_pipe(int read_end, int ends[2])
{
    int low[2];
    if (pipe2(low, O_CLOEXEC | O_NONBLOCK) < 0)
        return false;
    ends[0] = dup3(low[0], read_end, O_CLOEXEC);
    ends[1] = dup3(low[1], SAY_FD, O_CLOEXEC);
    close(low[0]);
    close(low[1]);
    return ends[0] >= 0 && ends[1] >= 0;
}

static bool make_scratch(struct child *k, struct outcome *o)
{
    static char parent[256];
    if (!*parent) {
        const char *tmpdir = getenv("TMPDIR");
        text_join(parent, sizeof parent, tmpdir && *tmpdir ? tmpdir : "/tmp");
    }
    if (!scratch_make(parent, k->scratch, sizeof k->scratch)) {
        outcome_set(o, "error", "no scratch directory: ", errno_name(errno));
        return false;
    }
    if (enter_scratch(k->scratch))
        return true;
    outcome_set(o, "error", "cannot enter the scratch directory: ", errno_name(errno));
    scratch_remove(k->scratch);
    return false;
}

static bool fork_child(struct child *k, int read_end, const struct watch *w, struct outcome *o)
{
    int ends[2];
    if (!make_pipe(read_end, ends)) {
        outcome_set(o, "error", "pipe: ", errno_name(errno));
        return false;
    }
    k->said = ends[0];
    k->limit = limit_of(k->check);
    k->end = now_seconds() + k->limit;
    k->pid = fork();
    if (k->pid == 0) {
        begin_as_child(w, ends[1], k->limit / 2);
        if (fixture_each())
            fixture_enter();
        for (int fd = SAID_FD; fd <= read_end; fd++)
            close(fd); /* also what others say */
        k->check->run();
        _exit(0);
    }
    int error = errno;
    close(ends[1]);
    if (k->pid > 0) {
        setpgid(k->pid, k->pid); /* also here: whoever comes first */
        return true;
    }
    outcome_set(o, "error", "fork: ", errno_name(error));
    close(ends[0]);
    return false;
}

/* False: it could not be started, and the outcome says why. */
static bool start_child(struct child *k, const struct check *c, int read_end, const struct watch *w,
                        struct outcome *o)
{
    k->check = c;
    if (!make_scratch(k, o))
        return false;
    const char *wrong = fixture_each() ? fixture_take(c->id) : NULL;
    bool started = !wrong && fork_child(k, read_end, w, o);
    if (wrong)
        outcome_set(o, "error", wrong);
    else if (fixture_each())
        fixture_drop();
    if (!started)
        scratch_remove(k->scratch);
    return started;
}

/* It has been waited for; ended: by itself. */
static void end_child(struct child *k, bool ended, int status, struct outcome *o)
{
    char records[4 * VALUE_MAX];
    ssize_t n = read(k->said, records, sizeof records);
    if (ended)
        judge_end(records, n > 0 ? (size_t)n : 0, status, o);
    else
        outcome_set(o, "timeout", number_text(nominal_limit(k->check)), " s");
    close(k->said);
    scratch_remove(k->scratch);
}

/* ---- checks ---- */

void run_check(const struct check *c, struct outcome *ret_outcome)
{
    struct watch w;
    struct child k;
    watch_children(&w);
    if (start_child(&k, c, SAID_FD, &w, ret_outcome)) {
        int status = 0;
        bool ended = await_child(k.pid, true, NULL, 0, NULL, NULL, k.limit, &status);
        end_child(&k, ended, status, ret_outcome);
    }
    unwatch_children(&w);
    fixture_sequence += 1000; /* a late answer to this check is not taken for the next one's */
}

static size_t unused(const struct child *children)
{
    size_t i = 0;
    while (children[i].check)
        i++;
    return i;
}

/* The child that ended is free for the next then. */
static const struct check *await_side(struct child *children, struct outcome *o)
{
    pid_t pids[SIDE_MAX];
    double ends[SIDE_MAX];
    struct child *which[SIDE_MAX];
    size_t count = 0;
    for (size_t i = 0; i < SIDE_MAX; i++) {
        if (!children[i].check)
            continue;
        which[count] = &children[i];
        pids[count] = children[i].pid;
        ends[count++] = children[i].end;
    }
    bool ended;
    int status = 0;
    struct child *k = which[await_any(pids, ends, count, &ended, &status)];
    end_child(k, ended, status, o);
    const struct check *c = k->check;
    k->check = NULL;
    return c;
}

/* Those that wait, as many at a time as there is room for. */
static bool run_side_by_side(const struct check *const *checks, size_t count,
                             bool (*tell)(const struct check *c, const struct outcome *o,
                                          void *data),
                             void *data)
{
    static struct child children[SIDE_MAX + 1]; /* the last stays unused */
    struct outcome o;
    struct watch w;
    size_t next = 0, running = 0;
    bool ok = true;
    watch_children(&w);
    while (running > 0 || (ok && next < count)) {
        if (ok && next < count && running < SIDE_MAX) {
            const struct check *c = checks[next++];
            size_t i = unused(children);
            if (!c->waits)
                continue;
            if (start_child(&children[i], c, SAID_FD + (int)i, &w, &o)) {
                running++;
                continue;
            }
            children[i].check = NULL;
            ok = tell(c, &o, data);
        } else {
            const struct check *c = await_side(children, &o);
            running--;
            ok = ok && tell(c, &o, data);
        }
    }
    unwatch_children(&w);
    return ok;
}

bool run_checks(const struct check *const *checks, size_t count,
                bool (*tell)(const struct check *c, const struct outcome *o, void *data),
                void *data)
{
    bool side = fixture_each(), ok = !side || run_side_by_side(checks, count, tell, data);
    for (size_t i = 0; ok && i < count; i++) {
        struct outcome o;
        if (side && checks[i]->waits)
            continue;
        run_check(checks[i], &o);
        ok = tell(checks[i], &o, data);
    }
    return ok;
}

bool run_begin(int *ret_output)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    *ret_output = dup3(STDOUT_FILENO, OUTPUT_FD, O_CLOEXEC);
    if (null < 0 || *ret_output < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(null, STDERR_FILENO) < 0)
        return false;
    if (null > STDERR_FILENO)
        close(null);
    return true;
}
