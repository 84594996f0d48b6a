/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/command.h"
#include "harness/base/file.h"
#include "harness/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_LIMIT = 500 };

static void close_pipes(struct command *c)
{
    if (c->out >= 0)
        close(c->out);
    if (c->err >= 0)
        close(c->err);
    c->out = c->err = -1;
}

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
    *c = (struct command){argv[0], 0, fds[0], memfd_create("stderr", MFD_CLOEXEC)};
    if (c->err >= 0)
        posix_spawn_file_actions_adddup2(&actions, c->err, STDERR_FILENO);
    int failed = posix_spawn(&c->pid, argv[0], &actions, NULL, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    if (!failed)
        return true;
    close_pipes(c);
    c->pid = 0;
    return error_errno(e, ERROR_RUN, failed, "cannot run %s", argv[0]);
}

static int reap(struct command *c)
{
    int status = 0;
    close(c->out);
    c->out = -1;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    c->pid = 0;
    return status;
}

/* Appends ": " and the first line of what it said, if it said anything. */
static void add_words(const struct command *c, struct text *message)
{
    char words[WORDS_LIMIT];
    ssize_t n = c->err >= 0 ? pread(c->err, words, sizeof words - 1, 0) : 0;
    words[n > 0 ? n : 0] = '\0';
    size_t length = strcspn(words, "\n");
    if (length == 0)
        return;
    text_add(message, ": ");
    text_add_printable(message, words, length);
}

static bool check_status(const struct command *c, int status, struct error *e)
{
    if (status == 0)
        return true;
    CLEANUP_TEXT struct text message = TEXT_INIT;
    if (WIFSIGNALED(status))
        text_printf(&message, "was killed by signal %d", WTERMSIG(status));
    else
        text_printf(&message, "ended with status %d", WEXITSTATUS(status));
    add_words(c, &message);
    return error_set(e, ERROR_RUN, "%s %s", c->program, text_get(&message));
}

char *command_finish(struct command *c, size_t limit, size_t *ret_length, struct error *e)
{
    char *output = file_read_fd(c->out, c->program, limit, ret_length, e);
    if (!output) {
        command_stop(c);
        return NULL;
    }
    bool good = check_status(c, reap(c), e);
    close_pipes(c);
    if (good)
        return output;
    free(output);
    return NULL;
}

void command_stop(struct command *c)
{
    if (c->pid <= 0)
        return;
    kill(c->pid, SIGKILL);
    reap(c);
    close_pipes(c);
}
