/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/reaper.h"
#include "harness/base/pool.h"
#include "runners/cell/identity.h"
#include "runners/cell/interpreter.h"
#include "runners/cell/sweep.h"
#include "runners/cell/view.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL_FD = 4, FIXTURE_FD = 3, PACKET_MAX = 512 * 1024 };

static const char *const work_names[] = {"home", "tmp"};

/* ---- requests ---- */

struct packet_head {
    unsigned argc, envc;
};

static unsigned add_strings(struct text *t, const char *const strings[])
{
    unsigned n = 0;
    for (; strings && strings[n]; n++)
        text_add_n(t, strings[n], strlen(strings[n]) + 1);
    return n;
}

void reaper_encode(struct text *ret, const char *const prefix[], char *const argv[],
                   const char *const base_env[], char *const env[])
{
    struct packet_head head = {0};
    text_add_n(ret, (const char *)&head, sizeof head);
    head.argc = add_strings(ret, prefix);
    head.argc += add_strings(ret, (const char *const *)argv);
    head.envc = add_strings(ret, base_env);
    head.envc += add_strings(ret, (const char *const *)env);
    memcpy(ret->data, &head, sizeof head);
}

struct request {
    char **argv, **env; /* owned arrays of texts in the packet */
    int fds[REAPER_FDS];
};

static char **point_at_strings(char **next, const char *end, unsigned count)
{
    char **strings = must_calloc(count + 1, sizeof *strings);
    for (unsigned i = 0; i < count && *next < end; i++) {
        strings[i] = *next;
        *next += strlen(*next) + 1;
    }
    return strings;
}

/* False when the server has gone. */
static bool receive(int control, struct request *r)
{
    static char packet[PACKET_MAX];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof r->fds)];
    } descriptors;
    struct iovec v = {packet, sizeof packet - 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &descriptors,
                       .msg_controllen = sizeof descriptors};
    ssize_t n;
    while ((n = recvmsg(control, &m, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    struct packet_head head;
    if (n < (ssize_t)sizeof head || !c || c->cmsg_len != CMSG_LEN(sizeof r->fds))
        return false;
    memcpy(r->fds, CMSG_DATA(c), sizeof r->fds);
    memcpy(&head, packet, sizeof head);
    packet[n] = '\0';
    char *next = packet + sizeof head;
    r->argv = point_at_strings(&next, packet + n, head.argc);
    r->env = point_at_strings(&next, packet + n, head.envc);
    return true;
}

static void report(const struct reaper *r, const struct reaper_report *what)
{
    if (send(r->control, what, sizeof *what, MSG_NOSIGNAL) < 0)
        _exit(3);
}

_Noreturn static void fail(const struct reaper *r, const struct error *e)
{
    struct reaper_report failed = {.kind = REAPER_FAILED};
    snprintf(failed.why, sizeof failed.why, "%s", e->message);
    report(r, &failed);
    _exit(3);
}

/* ---- the slot ---- */

/* Nothing of the server stays open but the socket, which moves out of the jobs' way. */
static bool keep_control_only(struct reaper *r, struct error *e)
{
    if (r->control != CONTROL_FD && dup3(r->control, CONTROL_FD, O_CLOEXEC) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot move a descriptor");
    r->control = CONTROL_FD;
    close_range(CONTROL_FD + 1, ~0U, 0);
    close_range(0, FIXTURE_FD, 0);
    int null = open("/dev/null", O_RDWR);
    return (null == STDIN_FILENO && dup2(null, STDOUT_FILENO) >= 0 &&
            dup2(null, STDERR_FILENO) >= 0 && dup3(null, FIXTURE_FD, O_CLOEXEC) >= 0) ||
           error_errno(e, ERROR_RUN, errno, "cannot open /dev/null");
}

/* ---- one job ---- */

static bool emulated(const struct reaper *r)
{
    return r->setup->options->emulator != NULL;
}

static bool make_work_directories(struct error *e)
{
    for (size_t i = 0; i < sizeof work_names / sizeof *work_names; i++) {
        CLEANUP_FREE char *path = must_printf("/" ROOT_WORK "/%s", work_names[i]);
        if (mkdir(path, 0700) < 0)
            return error_errno(e, ERROR_RUN, errno, "cannot make %s", path);
    }
    return true;
}

/* With the parent's memory and on its stack: nothing but system calls. */
static int execute(const struct request *q)
{
    setsid();
    for (int i = 0; i < REAPER_FDS; i++)
        dup2(q->fds[i], STDOUT_FILENO + i);
    execve(q->argv[0], q->argv, q->env);
    return errno;
}

/* vfork, for the time that it saves; posix_spawn would leave two signals ignored. */
static int spawn(const struct reaper *r, const struct request *q, pid_t *ret)
{
    static volatile int exec_errno;
    bool prefixed = strcmp(r->setup->emulator.mode, "prefix") == 0;
    /* Behind the emulator, "-0" and the name that the program is to see. */
    const char *program = prefixed ? q->argv[3] : q->argv[0];
    exec_errno = emulated(r) ? interpreter_exec_error(program) : 0;
    if (exec_errno != 0)
        return exec_errno;
    /* NOLINTNEXTLINE(bugprone-unsafe-functions,cert-msc24-c,cert-msc33-c) */
    pid_t child = vfork();
    if (child == 0) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Vfork): the reaper waits, and execute keeps to it */
        exec_errno = execute(q);
        _exit(127);
    }
    if (child < 0)
        return errno;
    if (exec_errno != 0)
        waitpid(child, NULL, 0);
    *ret = child;
    return exec_errno;
}

/* Waits for the job, then ends all others: kill(-1) of a first process reaches every process of its
 * namespace and no new one can slip through, for a fork with a signal pending fails. */
static int wait_and_kill(pid_t job)
{
    int status = 0, other;
    for (pid_t ended; (ended = waitpid(-1, &other, 0)) != job;)
        if (ended < 0 && errno != EINTR)
            break;
    status = other;
    if (kill(-1, SIGKILL) == 0)
        while (waitpid(-1, &other, 0) > 0 || errno == EINTR)
            ;
    return status;
}

static bool remove_work(bool sweep)
{
    bool clean = true;
    CLEANUP_CLOSE int work = open("/" ROOT_WORK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (work < 0)
        return false;
    for (size_t i = 0; i < sizeof work_names / sizeof *work_names; i++)
        clean &= sweep ? sweep_directory(work, work_names[i])
                       : unlinkat(work, work_names[i], AT_REMOVEDIR) == 0;
    return clean;
}

static void run_job(const struct reaper *r, const struct request *q)
{
    struct error e = ERROR_INIT;
    struct reaper_report ended = {.kind = REAPER_ENDED};
    pid_t job;
    if (!make_work_directories(&e))
        fail(r, &e);
    ended.exec_errno = spawn(r, q, &job);
    for (int i = 0; i < REAPER_FDS; i++)
        close(q->fds[i]);
    if (ended.exec_errno == 0)
        ended.status = wait_and_kill(job);
    ended.clean = remove_work(false);
    report(r, &ended);
    if (ended.clean)
        return;
    if (!remove_work(true)) {
        error_set(&e, ERROR_RUN, "cannot remove what the job left in HOME and TMPDIR");
        fail(r, &e);
    }
    report(r, &(struct reaper_report){.kind = REAPER_CLEAN});
}

_Noreturn void reaper_main(const struct reaper *given)
{
    struct reaper r = *given;
    struct error e = ERROR_INIT;
    const struct options *o = r.setup->options;
    char go;
    signal(SIGPIPE, SIG_DFL);
    if (!keep_control_only(&r, &e))
        fail(&r, &e);
    if (recv(r.control, &go, 1, 0) <= 0)
        _exit(0);
    struct view v = {.slot = r.slot,
                     .kind = r.kind,
                     .proc = r.setup->proc >= 0,
                     .limit_processes = r.setup->limit_processes && r.setup->proc >= 0};
    bool memory = !o->emulator || o->elf.bits == 64;
    if (!view_build(&v, &e) || !identity_limit(memory, &e) ||
        !identity_assume(&o->identity, r.setup->ids.groups, &e))
        fail(&r, &e);
    for (struct request q; receive(r.control, &q);) {
        run_job(&r, &q);
        free(q.argv);
        free(q.env);
    }
    _exit(0);
}
