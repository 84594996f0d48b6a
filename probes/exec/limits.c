/* SPDX-License-Identifier: Apache-2.0 */
/* Limits and numbers that programs are built around. */
#include "probe.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __GLIBC__
/* Before glibc 2.34 threads are a library of their own, which an image may do without. So a dynamic
 * program does not name the function (the operand not chosen leaves no reference). */
#define STACK_SIZE_FUNCTION \
    __builtin_choose_expr(sizeof(PROBE_FLAVOR) == sizeof("glibc-static"), \
                          pthread_attr_getstacksize, (void *)NULL)
#else
#define STACK_SIZE_FUNCTION pthread_attr_getstacksize
#endif

static size_t default_stack_size(void)
{
    int (*get)(const pthread_attr_t *, size_t *) = STACK_SIZE_FUNCTION;
    pthread_attr_t attributes;
    size_t size = 0;
    if (!get)
        get = (__typeof__(get))optional_symbol("pthread_attr_getstacksize");
    if (!get) {
        void *(*load)(const char *, int) = (__typeof__(load))optional_symbol("__libc_dlopen_mode");
        if (!load || !load("libpthread.so.0", RTLD_NOW))
            skip("libpthread.so.0 cannot be loaded");
        get = (__typeof__(get))optional_symbol("pthread_attr_getstacksize");
    }
    if (!get || pthread_attr_init(&attributes) || get(&attributes, &size))
        broken("the default attributes of a thread cannot be read");
    return size;
}

CHECK(
    exec_thread_stack_default, .id = "exec.thread-stack.default",
    .says = "the default stack of a thread is as large as RLIMIT_STACK",
    .why = "musl's 128 KiB make deep recursion in threads crash that works with glibc's 8 MiB",
    .help = "set the size with pthread_attr_setstacksize, or link with -Wl,-z,stack-size=N (musl)",
    .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html "
            "https://github.com/PowerDNS/pdns/issues/2056 "
            "https://github.com/libuv/libuv/issues/1507")
{
    struct rlimit stack;
    size_t size = default_stack_size();
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur == size)
        observe("RLIMIT_STACK");
    else
        observe("%zu KiB", size / 1024);
}

CHECK(exec_argmax, .id = "exec.argmax", .says = "sysconf(_SC_ARG_MAX) is a quarter of RLIMIT_STACK",
      .why = "xargs, find and build tools size their batches by it; musl says 128 KiB whatever the "
             "kernel takes",
      .help = "nothing is wrong: batches are smaller on musl",
      .refs = "https://man7.org/linux/man-pages/man3/sysconf.3.html")
{
    struct rlimit stack;
    long size = sysconf(_SC_ARG_MAX);
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && size > 0 && stack.rlim_cur / 4 == (rlim_t)size)
        observe("RLIMIT_STACK / 4");
    else
        observe("%ld", size);
}

static const char *limit_name(int name, char text[32])
{
    long value = sysconf(name);
    if (value == INT_MAX)
        snprintf(text, 32, "INT_MAX");
    else
        snprintf(text, 32, "%ld", value);
    return text;
}

CHECK(
    exec_sysconf_set, .id = "exec.sysconf-set",
    .says = "sysconf gives glibc's numbers of groups, thread keys, host name length, buffer sizes "
            "and atexit functions",
    .why = "programs allocate by them; 128 thread keys run out in large processes (JVM, tcmalloc) "
           "and -1 breaks code that allocates what sysconf(_SC_GETPW_R_SIZE_MAX) says",
    .help = "treat -1 as \"no limit known\" and choose a size",
    .refs = "https://man7.org/linux/man-pages/man3/sysconf.3.html")
{
    char t[5][32];
    observe("groups %s, thread keys %s, host name %s, passwd buffer %s, atexit %s",
            limit_name(_SC_NGROUPS_MAX, t[0]), limit_name(_SC_THREAD_KEYS_MAX, t[1]),
            limit_name(_SC_HOST_NAME_MAX, t[2]), limit_name(_SC_GETPW_R_SIZE_MAX, t[3]),
            limit_name(_SC_ATEXIT_MAX, t[4]));
}

/* glibc's number; musl has no name for it. */
enum { CS_GNU_LIBC_VERSION = 2 };

CHECK(exec_confstr_libc, .id = "exec.confstr-libc",
      .says = "confstr(_CS_GNU_LIBC_VERSION) tells glibc and its version",
      .why = "installers and language runtimes choose a download by it",
      .help = "look at the loader's name as well",
      .refs = "https://man7.org/linux/man-pages/man3/confstr.3.html")
{
    char text[64] = "";
    errno = 0;
    size_t size = confstr(CS_GNU_LIBC_VERSION, text, sizeof text);
    int error = errno;
    text[strcspn(text, " ")] = '\0';
    if (size)
        observe("%s", text);
    else
        observe("%s", errno_name(error));
}

CHECK(
    exec_nprocs_affinity, .id = "exec.nprocs-affinity",
    .says = "_SC_NPROCESSORS_ONLN counts the processors of the machine, not those allowed",
    .why = "thread pools sized by it are too large in a container with a cpuset (glibc), or follow "
           "the cpuset (musl)",
    .help = "count with sched_getaffinity, and mind cgroup quotas",
    .refs = "https://sourceware.org/bugzilla/show_bug.cgi?id=28865", .needs = "/sys or /proc/stat")
{
    cpu_set_t all, one;
    if (sched_getaffinity(0, sizeof all, &all) < 0)
        broken("sched_getaffinity: %s", errno_name(errno));
    if (CPU_COUNT(&all) < 2)
        skip("only one processor is allowed");
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &one);
    if (sched_setaffinity(0, sizeof one, &one) < 0)
        skip("the affinity cannot be set: %s", errno_name(errno));
    observe("%s", sysconf(_SC_NPROCESSORS_ONLN) == 1 ? "those allowed" : "those of the machine");
}

CHECK(exec_sigrt, .id = "exec.sigrt", .says = "signal 34 is SIGRTMIN and can be caught",
      .why = "numbers of real-time signals are not portable: musl keeps 34 for itself",
      .help = "write SIGRTMIN+n, never the number",
      .refs = "https://man7.org/linux/man-pages/man7/signal.7.html")
{
    struct sigaction action = {.sa_handler = SIG_IGN};
    errno = 0;
    int result = sigaction(34, &action, NULL);
    int error = errno;
    observe("SIGRTMIN %d, 34: %s", SIGRTMIN, result ? errno_name(error) : "ok");
}
