/* SPDX-License-Identifier: Apache-2.0 */
/* Executing a program, be it this one. */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

struct execution {
    const char *path;
    char *const *argv, *const *envp;
    volatile int *error; /* shared with the child */
};

static void execute(int out, void *data)
{
    struct execution *x = data;
    dup2(out, STDOUT_FILENO);
    execve(x->path, x->argv, x->envp);
    *x->error = errno;
}

const char *exec_in_child(const char *path, char *const argv[], char *const envp[], char *text,
                          size_t size)
{
    need_exec();
    int *error =
        mmap(NULL, sizeof *error, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (error == MAP_FAILED)
        broken("mmap: %s", errno_name(errno));
    struct execution x = {path, argv, envp, error};
    const char *end = in_child(execute, &x, text, size);
    if (*error)
        end = errno_name(*error);
    munmap(error, sizeof *error);
    return end;
}

const char *self_path(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n > 0) {
        path[n] = '\0';
        return path;
    }
    const char *name = (const char *)getauxval(AT_EXECFN);
    if (!name || name[0] != '/')
        broken("this program cannot tell its own path");
    return name;
}
