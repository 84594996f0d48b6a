/* SPDX-License-Identifier: Apache-2.0 */
/* A program for the tests of the cell: does what probes may do, and what they should not. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run_command(const char *const *arg);

static int do_env(const char *const *arg)
{
    (void)arg;
    for (char **e = environ; *e; e++)
        puts(*e);
    return 0;
}

static void print_limit(const char *name, __rlimit_resource_t resource)
{
    struct rlimit r;
    getrlimit(resource, &r);
    printf("%s=%lld\n", name, (long long)r.rlim_cur);
}

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void print_status(const char *wanted)
{
    char line[256];
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f)) {
        size_t n = strlen(wanted);
        if (strncmp(line, wanted, n) == 0 && line[n] == ':')
            printf("%s=%s", wanted, line + n + 2);
    }
    if (f)
        fclose(f);
}

static int do_identity(const char *const *arg)
{
    (void)arg;
    gid_t groups[64];
    int count = getgroups(64, groups);
    char here[256];
    mode_t mask = umask(0);
    printf("uid=%d gid=%d groups=", (int)getuid(), (int)getgid());
    for (int i = 0; i < count; i++)
        printf("%s%d", i ? "," : "", (int)groups[i]);
    printf("\nsession=%s\n", getsid(0) == getpid() ? "own" : "shared");
    printf("umask=%03o\n", (unsigned)mask);
    printf("descriptors=%d\n", open_descriptors());
    printf("new-privileges=%s\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ? "no" : "yes");
    printf("cwd=%s\n", getcwd(here, sizeof here));
    print_status("CapEff");
    print_status("CapBnd");
    print_status("SigIgn");
    print_status("SigBlk");
    print_limit("nproc", RLIMIT_NPROC);
    print_limit("nofile", RLIMIT_NOFILE);
    print_limit("core", RLIMIT_CORE);
    print_limit("stack", RLIMIT_STACK);
    return 0;
}

static int do_empty(const char *const *arg) /* NAME of a variable that names an empty directory */
{
    const char *path = getenv(arg[0]);
    DIR *d = path ? opendir(path) : NULL;
    int count = 0;
    if (!d)
        return printf("%s cannot be opened\n", arg[0]) < 0;
    while (readdir(d))
        count++;
    closedir(d);
    printf("%s has %d\n", arg[0], count - 2);
    return 0;
}

static int do_lines(const char *const *arg)
{
    (void)arg;
    while (puts("again and again") >= 0)
        ;
    return 0;
}

static int do_bytes(const char *const *arg) /* DESCRIPTOR */
{
    static char zeros[65536];
    while (write(atoi(arg[0]), zeros, sizeof zeros) > 0)
        ;
    return 0;
}

static int do_garbage(const char *const *arg)
{
    (void)arg;
    const char bytes[] = "\xff\xfe\x01\t\"\\ \xc3\xa4 \xed\xa0\x80\nlast";
    return write(1, bytes, sizeof bytes - 1) < 0;
}

static int do_long_line(const char *const *arg)
{
    (void)arg;
    for (int i = 0; i < 20000; i++)
        putchar('x');
    puts("");
    return 0;
}

static int do_bomb(const char *const *arg)
{
    (void)arg;
    signal(SIGCHLD, SIG_IGN);
    while (fork() >= -1)
        ;
    return 0;
}

static int make_socket(int family, int type)
{
    int fd = socket(family, type, 0);
    if (fd < 0)
        abort();
    return fd;
}

static const struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0plimsoll-actor"};

static int do_daemon(const char *const *arg)
{
    (void)arg;
    int ready[2];
    char byte;
    if (pipe(ready) < 0)
        return 1;
    if (fork() == 0) {
        setsid();
        if (fork() != 0)
            _exit(0);
        int fd = make_socket(AF_UNIX, SOCK_DGRAM);
        if (bind(fd, (const struct sockaddr *)&abstract, sizeof abstract) < 0 ||
            write(ready[1], "x", 1) < 0)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    wait(NULL);
    puts(read(ready[0], &byte, 1) == 1 ? "daemon started" : "no daemon");
    return 0;
}

static int do_look_for_daemon(const char *const *arg)
{
    (void)arg;
    int fd = make_socket(AF_UNIX, SOCK_DGRAM);
    bool there = connect(fd, (const struct sockaddr *)&abstract, sizeof abstract) == 0;
    puts(there ? "daemon lives" : "no daemon");
    return 0;
}

static int do_kill_all(const char *const *arg)
{
    (void)arg;
    kill(-1, SIGKILL);
    kill(1, SIGKILL);
    kill(getppid(), SIGKILL);
    kill(getppid(), SIGSTOP);
    puts("still here");
    return 0;
}

static int do_close_all(const char *const *arg)
{
    (void)arg;
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    usleep(50000);
    return 7;
}

static int do_signal(const char *const *arg) /* NUMBER */
{
    raise(atoi(arg[0]));
    return 0;
}

static int do_sleep(const char *const *arg) /* MILLISECONDS */
{
    usleep((useconds_t)atoi(arg[0]) * 1000);
    return 0;
}

static int do_ask(const char *const *arg) /* REQUEST... */
{
    char reply[4096];
    for (; *arg; arg++) {
        if (send(3, arg[0], strlen(arg[0]), 0) < 0)
            return printf("cannot ask: %s\n", strerror(errno)) < 0;
        ssize_t n = recv(3, reply, sizeof reply - 1, 0);
        if (n < 0)
            return 1;
        reply[n] = '\0';
        printf("%zd %s\n", n, reply);
    }
    return 0;
}

/* A fixture of its own over the socket: its descriptors go where they belong. Returns NULL, or what
 * came without any. */
static const char *take(const char *request)
{
    static char text[512];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(3 * sizeof(int))];
    } descriptors;
    struct iovec v = {text, sizeof text - 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &descriptors,
                       .msg_controllen = sizeof descriptors};
    if (send(3, request, strlen(request), 0) < 0)
        return strerror(errno);
    ssize_t n = recvmsg(3, &m, 0);
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    text[n > 0 ? n : 0] = '\0';
    if (!c)
        return text;
    int fds[3];
    memcpy(fds, CMSG_DATA(c), sizeof fds);
    dup2(fds[1], 67);
    dup2(fds[2], 68);
    dup2(fds[0], 3);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    return NULL;
}

static int do_take(const char *const *arg) /* REQUEST COMMAND... */
{
    const char *wrong = take(arg[0]);
    return wrong ? puts(wrong) < 0 : run_command(arg + 1);
}

/* Keeps all that it takes until there are no more; gives them back, and takes one again. */
static int do_take_many(const char *const *arg) /* REQUEST */
{
    const char *wrong = NULL;
    int own = fcntl(3, F_DUPFD, 100), last = own;
    while (dup2(own, 3) == 3 && last < 900 && !(wrong = take(arg[0])))
        last = fcntl(3, F_DUPFD, last);
    puts(wrong ? wrong : "no end");
    for (int fd = own + 1; fd <= last; fd++)
        close(fd);
    for (int i = 0; i < 100; i++) { /* the cell learns of it a little later */
        usleep(20000);
        dup2(own, 3);
        if (!take(arg[0]))
            return puts("again") < 0;
    }
    return 1;
}

static int do_log(const char *const *arg) /* dgram|stream MESSAGE... */
{
    struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    bool stream = strcmp(arg[0], "stream") == 0;
    int fd = make_socket(AF_UNIX, stream ? SOCK_STREAM : SOCK_DGRAM);
    if (connect(fd, (const struct sockaddr *)&log, sizeof log) < 0)
        return printf("cannot connect: %s\n", strerror(errno)) < 0;
    while (*++arg)
        if (send(fd, *arg, strlen(*arg) + stream, 0) < 0)
            return printf("cannot send: %s\n", strerror(errno)) < 0;
    return do_ask((const char *const[]){"1 syslog 0", "2 syslog 1000", "3 syslog 20", NULL});
}

static int do_kind(const char *const *arg) /* PATH... */
{
    for (struct stat st; *arg; arg++)
        if (lstat(*arg, &st) < 0)
            printf("%s: %s\n", *arg, strerror(errno));
        else
            printf("%s: %o\n", *arg, (unsigned)st.st_mode & S_IFMT);
    return 0;
}

static int do_cat(const char *const *arg) /* PATH... */
{
    char bytes[4096];
    for (ssize_t n; *arg; arg++) {
        int fd = open(*arg, O_RDONLY);
        if (fd < 0)
            printf("%s: %s\n", *arg, strerror(errno));
        fflush(stdout);
        while (fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0)
            if (write(1, bytes, (size_t)n) < 0)
                return 1;
    }
    return 0;
}

static int do_touch(const char *const *arg) /* PATH... */
{
    for (; *arg; arg++) {
        int fd = open(*arg, O_CREAT | O_WRONLY | O_TRUNC, 0644);
        printf("%s: %s\n", *arg, fd >= 0 ? "ok" : strerror(errno));
    }
    return 0;
}

/* Deeper than PATH_MAX and than any stack of calls should go, and closed to its owner. */
static int do_leave(const char *const *arg)
{
    (void)arg;
    const char *home = getenv("HOME");
    if (!home || chdir(home) < 0)
        return 1;
    for (int i = 0; i < 3000; i++) {
        int fd = open("file", O_CREAT | O_WRONLY, 0);
        if (fd < 0 || mkdir("~0", 0700) < 0 || chdir("~0") < 0)
            return 2;
        close(fd);
    }
    if (chdir(home) < 0 || chmod("~0", 0) < 0)
        return 3;
    return 0;
}

static int do_ask_dns(const char *const *arg) /* a name of one label */
{
    char line[128], address[64] = "";
    FILE *f = fopen("/etc/resolv.conf", "r");
    while (f && fgets(line, sizeof line, f) && sscanf(line, "nameserver %63s", address) != 1)
        ;
    if (f)
        fclose(f);
    unsigned char query[64] = {0x12, 0x34, 1, 0, 0, 1};
    size_t n = strlen(arg[0]);
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(53)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
    bool six = strchr(address, ':') != NULL;
    inet_pton(six ? AF_INET6 : AF_INET, address, six ? (void *)&v6.sin6_addr : &v4.sin_addr);
    query[12] = (unsigned char)n;
    memcpy(query + 13, arg[0], n);
    query[13 + n + 2] = query[13 + n + 4] = 1;
    int fd = make_socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM);
    if (connect(fd, six ? (const void *)&v6 : (const void *)&v4, six ? sizeof v6 : sizeof v4) < 0 ||
        send(fd, query, 13 + n + 5, 0) < 0 || recv(fd, query, sizeof query, 0) < 4)
        return printf("no answer: %s\n", strerror(errno)) < 0;
    printf("rcode %d\n", query[3] & 15);
    return do_ask((const char *const[]){"1 dns-log", "2 dns-log", NULL});
}

static int do_mischief(const char *const *arg)
{
    (void)arg;
    printf("setuid %d\n", setuid(getuid() + 1) == 0);
    printf("setgroups %d\n", setgroups(0, NULL) == 0);
    printf("chroot %d\n", chroot("/tmp") == 0);
    printf("trace the reaper %d\n", ptrace(PTRACE_ATTACH, 1, 0, 0) == 0);
    printf("read the reaper %d\n", open("/proc/1/mem", O_RDONLY) >= 0);
    printf("reap the limits %d\n", setrlimit(RLIMIT_NPROC, &(struct rlimit){9999, 9999}) == 0);
    printf("crash handler %d\n", open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0);
    printf("reboot %d\n", open("/proc/sysrq-trigger", O_WRONLY) >= 0);
    printf("hostname %d\n", sethostname("x", 1) == 0);
    printf("mount namespace %d\n", unshare(CLONE_NEWNS) == 0);
    printf("cgroup namespace %d\n", unshare(CLONE_NEWUSER | CLONE_NEWCGROUP) == 0);
    return 0;
}

static int do_forks(const char *const *arg) /* how many, at most */
{
    int most = atoi(arg[0]), count = 0;
    for (pid_t child; count < most && (child = fork()) >= 0; count++)
        if (child == 0)
            for (;;)
                pause();
    printf("%s\n", count < most ? "limited" : "without limit");
    return 0;
}

static int do_run(const char *const *arg) /* ARGV: a child of the job */
{
    pid_t child = fork();
    int status;
    if (child == 0) {
        execv(arg[0], (char *const *)arg);
        printf("cannot execute %s: %s\n", arg[0], strerror(errno));
        exit(1);
    }
    waitpid(child, &status, 0);
    printf("child %x\n", (unsigned)status);
    return 0;
}

static int do_say(const char *const *arg)
{
    puts(arg[0]);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(const char *const *arg);
} acts[] = {
    {"ask", do_ask},
    {"ask-dns", do_ask_dns},
    {"bomb", do_bomb},
    {"bytes", do_bytes},
    {"cat", do_cat},
    {"close-all", do_close_all},
    {"daemon", do_daemon},
    {"empty", do_empty},
    {"env", do_env},
    {"forks", do_forks},
    {"garbage", do_garbage},
    {"identity", do_identity},
    {"kill-all", do_kill_all},
    {"kind", do_kind},
    {"leave", do_leave},
    {"lines", do_lines},
    {"log", do_log},
    {"long-line", do_long_line},
    {"look", do_look_for_daemon},
    {"mischief", do_mischief},
    {"run", do_run},
    {"say", do_say},
    {"signal", do_signal},
    {"sleep", do_sleep},
    {"take", do_take},
    {"take-many", do_take_many},
    {"touch", do_touch},
};

static int run_command(const char *const *arg)
{
    for (size_t i = 0; arg[0] && i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, arg[0]) == 0)
            return acts[i].run(arg + 1);
    return 64;
}

int main(int argc, char *argv[])
{
    return argc > 1 ? run_command((const char *const *)argv + 1) : 64;
}
