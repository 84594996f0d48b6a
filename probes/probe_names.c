/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as the names that the C headers give them, the same on every platform. */
#include "probe.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>

struct name {
    int number;
    const char *text;
};
#define NAME(x) \
    { \
        x, #x \
    }

static const struct name errnos[] = {
    NAME(EPERM),        NAME(ENOENT),          NAME(ESRCH),           NAME(EINTR),
    NAME(EIO),          NAME(ENXIO),           NAME(E2BIG),           NAME(ENOEXEC),
    NAME(EBADF),        NAME(ECHILD),          NAME(EAGAIN),          NAME(ENOMEM),
    NAME(EACCES),       NAME(EFAULT),          NAME(ENOTBLK),         NAME(EBUSY),
    NAME(EEXIST),       NAME(EXDEV),           NAME(ENODEV),          NAME(ENOTDIR),
    NAME(EISDIR),       NAME(EINVAL),          NAME(ENFILE),          NAME(EMFILE),
    NAME(ENOTTY),       NAME(ETXTBSY),         NAME(EFBIG),           NAME(ENOSPC),
    NAME(ESPIPE),       NAME(EROFS),           NAME(EMLINK),          NAME(EPIPE),
    NAME(EDOM),         NAME(ERANGE),          NAME(EDEADLK),         NAME(ENAMETOOLONG),
    NAME(ENOLCK),       NAME(ENOSYS),          NAME(ENOTEMPTY),       NAME(ELOOP),
    NAME(ENOMSG),       NAME(EIDRM),           NAME(ENOSTR),          NAME(ENODATA),
    NAME(ETIME),        NAME(ENOSR),           NAME(ENOLINK),         NAME(EPROTO),
    NAME(EBADMSG),      NAME(EOVERFLOW),       NAME(EILSEQ),          NAME(EUSERS),
    NAME(ENOTSOCK),     NAME(EDESTADDRREQ),    NAME(EMSGSIZE),        NAME(EPROTOTYPE),
    NAME(ENOPROTOOPT),  NAME(EPROTONOSUPPORT), NAME(ESOCKTNOSUPPORT), NAME(EOPNOTSUPP),
    NAME(EPFNOSUPPORT), NAME(EAFNOSUPPORT),    NAME(EADDRINUSE),      NAME(EADDRNOTAVAIL),
    NAME(ENETDOWN),     NAME(ENETUNREACH),     NAME(ENETRESET),       NAME(ECONNABORTED),
    NAME(ECONNRESET),   NAME(ENOBUFS),         NAME(EISCONN),         NAME(ENOTCONN),
    NAME(ESHUTDOWN),    NAME(ETOOMANYREFS),    NAME(ETIMEDOUT),       NAME(ECONNREFUSED),
    NAME(EHOSTDOWN),    NAME(EHOSTUNREACH),    NAME(EALREADY),        NAME(EINPROGRESS),
    NAME(ESTALE),       NAME(EDQUOT),          NAME(ENOMEDIUM),       NAME(EMEDIUMTYPE),
    NAME(ECANCELED),    NAME(ENOKEY),          NAME(EOWNERDEAD),      NAME(ENOTRECOVERABLE),
};

static const struct name signals[] = {
    NAME(SIGHUP),    NAME(SIGINT),  NAME(SIGQUIT),  NAME(SIGILL),  NAME(SIGTRAP), NAME(SIGABRT),
    NAME(SIGBUS),    NAME(SIGFPE),  NAME(SIGKILL),  NAME(SIGUSR1), NAME(SIGSEGV), NAME(SIGUSR2),
    NAME(SIGPIPE),   NAME(SIGALRM), NAME(SIGTERM),  NAME(SIGCHLD), NAME(SIGCONT), NAME(SIGSTOP),
    NAME(SIGTSTP),   NAME(SIGTTIN), NAME(SIGTTOU),  NAME(SIGURG),  NAME(SIGXCPU), NAME(SIGXFSZ),
    NAME(SIGVTALRM), NAME(SIGPROF), NAME(SIGWINCH), NAME(SIGIO),   NAME(SIGPWR),  NAME(SIGSYS),
#ifdef SIGSTKFLT
    NAME(SIGSTKFLT),
#endif
#ifdef SIGEMT
    NAME(SIGEMT),
#endif
};

/* The second half is glibc's (and partly musl's from 1.2.4 on); their numbers are the same. */
static const struct name eais[] = {
    {0, "ok"},
    NAME(EAI_BADFLAGS),
    NAME(EAI_NONAME),
    NAME(EAI_AGAIN),
    NAME(EAI_FAIL),
    NAME(EAI_FAMILY),
    NAME(EAI_SOCKTYPE),
    NAME(EAI_SERVICE),
    NAME(EAI_MEMORY),
    NAME(EAI_SYSTEM),
    NAME(EAI_OVERFLOW),
    {-5, "EAI_NODATA"},
    {-9, "EAI_ADDRFAMILY"},
    {-105, "EAI_IDN_ENCODE"},
};

char *name_buffer(void)
{
    static char buffers[12][NAME_SIZE];
    static unsigned next;
    return buffers[next++ % 12];
}

void text_join_all(char *to, size_t size, const char *const *texts)
{
    size_t used = 0;
    for (; *texts; texts++)
        for (const char *c = *texts; *c && used + 1 < size; c++)
            to[used++] = *c;
    to[used] = '\0';
}

const char *number_text(unsigned long number)
{
    static char digits[24];
    char *at = digits + sizeof digits - 1;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    return at;
}

static const char *find(const struct name *names, size_t count, int number)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].number == number)
            return names[i].text;
    return NULL;
}
#define FIND(names, number) find(names, sizeof(names) / sizeof *(names), number)

static const char *numbered(const char *kind, int number)
{
    char *text = name_buffer();
    unsigned long size = number < 0 ? 0UL - (unsigned long)number : (unsigned long)number;
    text_join(text, NAME_SIZE, kind, number < 0 ? "-" : "", number_text(size));
    return text;
}

const char *errno_name(int errnum)
{
    const char *found = FIND(errnos, errnum);
    if (errnum == 0)
        return "0";
    return found ? found : numbered("errno ", errnum);
}

const char *signal_name(int signum)
{
    const char *found = FIND(signals, signum);
    if (found)
        return found;
    if (signum == SIGRTMIN)
        return "SIGRTMIN";
    return signum > SIGRTMIN && signum <= SIGRTMAX ? numbered("SIGRTMIN+", signum - SIGRTMIN)
                                                   : numbered("signal ", signum);
}

const char *eai_name(int code)
{
    const char *found = FIND(eais, code);
    return found ? found : numbered("EAI ", code);
}
