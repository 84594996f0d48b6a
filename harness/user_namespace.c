/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/user_namespace.h"
#include "harness/base/command.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_LIMIT = 64 * 1024, RANGES_MAX = 32 };

/* ---- programs of the uidmap package ---- */

/* A set-user-id program is not looked for where the caller's PATH leads. */
static char *find_program(const char *name, struct error *e)
{
    static const char *const places[] = {"/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = must_printf("%s/%s", places[i], name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    error_set(e, ERROR_RUN, "%s is not installed (package uidmap or shadow-utils)", name);
    return NULL;
}

static char *run_program(const char *name, char *arguments[], struct error *e)
{
    struct command command = {.pid = 0};
    arguments[0] = find_program(name, e);
    char *output = NULL;
    if (arguments[0] && command_start(&command, arguments, e))
        output = command_finish(&command, OUTPUT_LIMIT, NULL, e);
    free(arguments[0]);
    return output;
}

/* ---- which ids are lent ---- */

struct mapping { /* the arguments of newuidmap or newgidmap after the pid; owned */
    char *words[3 * (RANGES_MAX + 1)];
    size_t count;
};

static void add_range(struct mapping *m, unsigned long inside, unsigned long outside,
                      unsigned long length)
{
    const unsigned long numbers[] = {inside, outside, length};
    for (size_t i = 0; i < 3; i++)
        m->words[m->count++] = must_printf("%lu", numbers[i]);
}

static void mapping_done(struct mapping *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->words[i]);
    m->count = 0;
}
#define CLEANUP_MAPPING __attribute__((cleanup(mapping_done)))

/* getsubids prints "0: NAME START COUNT", a line a range. */
static bool read_ranges(const char *output, unsigned long own, struct mapping *ret, struct error *e)
{
    unsigned long next = 1, start, length;
    add_range(ret, 0, own, 1);
    for (const char *line = output; line && ret->count < 3 * RANGES_MAX;
         line = strchr(line, '\n')) {
        line += *line == '\n';
        if (sscanf(line, "%*u: %*s %lu %lu", &start, &length) != 2 || length == 0)
            continue;
        add_range(ret, next, start, length);
        next += length;
    }
    return next > 1 || error_set(e, ERROR_RUN, "getsubids tells no range");
}

static bool find_ranges(const char *user, bool groups, unsigned long own, struct mapping *ret,
                        struct error *e)
{
    char *with[] = {NULL, (char *)"-g", (char *)user, NULL},
         *without[] = {NULL, (char *)user, NULL};
    CLEANUP_FREE char *output = run_program("getsubids", groups ? with : without, e);
    if (output)
        return read_ranges(output, own, ret, e);
    return error_context(e, "no ids in /etc/sub%cid for %s", groups ? 'g' : 'u', user);
}

/* ---- the namespace ---- */

struct keeper { /* a child that keeps a new namespace until it is entered */
    pid_t pid;
    int control; /* a byte from it: the namespace is there; closed by us: it ends */
};

_Noreturn static void keep(int control)
{
    char byte = 0;
    if (unshare(CLONE_NEWUSER) == 0 && write(control, &byte, 1) == 1)
        while (read(control, &byte, 1) < 0 && errno == EINTR)
            ;
    _exit(0);
}

static void keeper_stop(struct keeper *k)
{
    if (k->control >= 0)
        close(k->control);
    while (k->pid > 0 && waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    *k = (struct keeper){.control = -1};
}

static bool keeper_start(struct keeper *k, struct error *e)
{
    int pair[2];
    char byte;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a socket pair");
    k->pid = fork();
    if (k->pid == 0) {
        close(pair[0]);
        keep(pair[1]);
    }
    close(pair[1]);
    k->control = pair[0];
    if (k->pid < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot start a process");
    return read(k->control, &byte, 1) == 1 ||
           error_set(e, ERROR_RUN, "user namespaces are not allowed here");
}

static bool write_map(const struct keeper *k, const char *program, struct mapping *m,
                      struct error *e)
{
    char *arguments[3 * (RANGES_MAX + 1) + 3] = {NULL};
    CLEANUP_FREE char *pid = must_printf("%d", (int)k->pid);
    arguments[1] = pid;
    memcpy(arguments + 2, m->words, m->count * sizeof *m->words);
    CLEANUP_FREE char *output = run_program(program, arguments, e);
    return output != NULL;
}

static bool join(const struct keeper *k, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("/proc/%d/ns/user", (int)k->pid);
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, CLONE_NEWUSER) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot enter the user namespace");
    /* New capabilities make a process undumpable, and its /proc/self somebody else's. */
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    return true;
}

static bool enter(struct error *e)
{
    const struct passwd *user = getpwuid(geteuid());
    CLEANUP_MAPPING struct mapping uids = {.count = 0}, gids = {.count = 0};
    struct keeper keeper = {.control = -1};
    if (!user)
        return error_set(e, ERROR_RUN, "user %u has no name", (unsigned)geteuid());
    if (!find_ranges(user->pw_name, false, geteuid(), &uids, e) ||
        !find_ranges(user->pw_name, true, getegid(), &gids, e))
        return false;
    bool ok = keeper_start(&keeper, e) && write_map(&keeper, "newuidmap", &uids, e) &&
              write_map(&keeper, "newgidmap", &gids, e) && join(&keeper, e);
    keeper_stop(&keeper);
    return ok;
}

enum ids user_namespace_enter(char **ret_why)
{
    struct error e = ERROR_INIT;
    *ret_why = NULL;
    if (geteuid() == 0)
        return IDS_ALL;
    if (enter(&e))
        return IDS_SUBORDINATE;
    *ret_why = must_strdup(e.message);
    error_clear(&e);
    return IDS_OWN;
}
