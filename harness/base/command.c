/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/command.h"
#include "harness/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

bool command_start(struct command *c, char *const argv[], struct error *e)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    char *environment[] = {NULL};
    *c = (struct command){argv[0], 0, fds[0]};
    int failed = posix_spawn(&c->pid, argv[0], &actions, NULL, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    if (!failed)
        return true;
    close(c->out);
    c->pid = 0;
    return error_errno(e, ERROR_RUN, failed, "cannot run %s", argv[0]);
}

static int reap(struct command *c)
{
    int status = 0;
    close(c->out);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    c->pid = 0;
    return status;
}

char *command_finish(struct command *c, size_t limit, size_t *ret_length, struct error *e)
{
    char *output = file_read_fd(c->out, c->program, limit, ret_length, e);
    if (!output) {
        command_stop(c);
        return NULL;
    }
    int status = reap(c);
    if (status == 0)
        return output;
    free(output);
    if (WIFSIGNALED(status))
        error_set(e, ERROR_RUN, "%s was killed by signal %d", c->program, WTERMSIG(status));
    else
        error_set(e, ERROR_RUN, "%s ended with status %d", c->program, WEXITSTATUS(status));
    return NULL;
}

void command_stop(struct command *c)
{
    if (c->pid <= 0)
        return;
    kill(c->pid, SIGKILL);
    reap(c);
}
