/* SPDX-License-Identifier: Apache-2.0 */
/* How a check is written. One program per area, all its checks registered where they stand:
 *
 *     CHECK(dns_tcp_fallback,
 *           .id          = "dns.tcp-fallback",
 *           .says        = "a truncated UDP answer is asked again over TCP",
 *           .why         = "services with many addresses fail to resolve without it",
 *           .help        = "use musl 1.2.4 or later",
 *           .refs        = "https://musl.libc.org/releases.html",
 *           .resolv_conf = "nameserver @1\noptions timeout:1 attempts:1\n",
 *           .zone        = "big.test A truncate-udp 40*192.0.2.1+")
 *     {
 *         ...
 *         observe("ok, %d addresses", n);
 *     }
 *
 * A check states a fact, never a verdict: exactly one observe(), or skip() or broken(). It runs in
 * a forked child of its own, in a clean environment, with stdout and stderr on /dev/null and an
 * empty working directory, HOME and TMPDIR; a crash, an exit or a hang of the child is an
 * observation too. Values hold no addresses, pids, times or ports.
 *
 * Usage of a probe:  PROBE --list            all there is to know of its checks, as JSON
 *                    PROBE [--check ID]...   runs them (all without --check) in order of their id,
 *                                            but see run_checks()
 * Output: JSON Lines. hello, one line a check, end with the count of the checks; see probe.c. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct check {
    const char *id;    /* "area.topic.detail" */
    const char *says;  /* one line: what holds if the value is the usual one */
    const char *why;   /* why users care */
    const char *help;  /* what to do when it differs */
    const char *refs;  /* sources, separated by spaces or new lines */
    const char *needs; /* what of the image or kernel it looks at: "tzdata", "/bin/sh", "binfmt" */

    /* Fixture. nsswitch, environment and syslog are in place before the program starts, the others
     * before the check does. NULL: the cell's default (resolv.conf: nameserver @1; hosts:
     * localhost; the image's own nsswitch.conf; no zone: every question gets NXDOMAIN; /dev/log a
     * datagram socket). */
    const char *resolv_conf; /* @1 ... @9: the servers' IPv4 addresses, @1v6 ... the IPv6 ones */
    const char *hosts, *nsswitch;
    const char *zone;        /* behaviour of the servers, see runners/cell/zone.h */
    const char *environment; /* "NAME=value\n..." added to the clean environment */
    const char *syslog;      /* "dgram", "stream", "none" */

    unsigned limit; /* seconds until it counts as a timeout; 0: 5 */
    bool waits;     /* most of its time is spent waiting (resolver timeouts) */
    void (*run)(void);
};

/* The section holds pointers, so that no compiler pads between entries; order is by id. */
#define CHECK(name, ...) \
    static void name(void); \
    static const struct check check_##name = {__VA_ARGS__, .run = name}; \
    __attribute__(( \
        used, section("plimsoll_checks"))) static const struct check *const check_pointer_##name = \
        &check_##name; \
    static void name(void)

#define NOT_INLINED __attribute__((noinline))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* What the program does instead of running checks when it is started with PLIMSOLL_ROLE in its
 * environment: an area whose checks execute themselves may define it. Returns the exit code. */
int play_role(const char *role, int argc, char **argv) __attribute__((weak));

/* An area may define it: what most of its checks have the libc do, done once before the first of
 * them where an emulator would translate it anew in the child of each. It is called under an
 * emulator only, and must leave nothing that a check could see. It may fail as a check may: then
 * the checks run without it. */
void warm_up(void) __attribute__((weak));

/* ---- what a check says ---- */

/* The value: one line; bytes that are not printable ASCII are escaped as \xHH. Returns, so that the
 * check can clean up; a second call is the check's fault and gives status error. */
void observe(const char *format, ...) PRINTF_LIKE(1, 2);
/* Does not apply here, and why. Ends the check. */
_Noreturn void skip(const char *format, ...) PRINTF_LIKE(1, 2);
/* The probe itself could not do its work (no memory, no fixture). Ends the check. */
_Noreturn void broken(const char *format, ...) PRINTF_LIKE(1, 2);

/* ---- symbolic names (never NULL; valid for the next dozen of calls) ---- */

const char *errno_name(int errnum);  /* "ENOENT", "0", "errno 4000" */
const char *signal_name(int signum); /* "SIGSEGV", "SIGRTMIN+1" */
const char *eai_name(int code);      /* "ok" for 0, "EAI_NONAME", ... */

/* ---- helpers ---- */

/* Runs f in a child and tells how it ended: "exit 7", "SIGSEGV", "timeout". What the child writes
 * to the descriptor it is given comes back in text (NUL-terminated, cut to size); may be NULL. */
const char *in_child(void (*f)(int out, void *data), void *data, char *text, size_t size);

/* As in_child for write boundaries: the child's fd 1 and 2 are the ends of sequenced-packet
 * sockets, so each write(2) is one record. Returns the records of fd `which` (1 or 2) joined as
 * "[12][5]" sizes into sizes, and the bytes into text; either may be NULL. qemu's own last words
 * ("qemu: uncaught target signal ...") are left out. Returns how the child ended. */
const char *in_child_writes(int which, void (*f)(void *data), void *data, char *sizes,
                            size_t sizes_size, char *text, size_t text_size);

/* Asks the cell over the fixture socket (descriptor in PLIMSOLL_FIXTURE). Requests:
 *     "dns-log"       the queries so far in order, one a line: "udp @1 foo.test A"; then forgets
 * them "syslog MS"     the next record that /dev/log received, waiting up to MS milliseconds
 * Returns the length of the reply put into buffer (NUL-terminated, cut), -1 when there is none
 * (time is up). Without a fixture the check ends as skip("no fixture in this cell"). */
ssize_t ask_fixture(const char *request, char *buffer, size_t size);

/* Executes a program in a child, its stdout going to text (may be NULL). The errno's name when that
 * failed ("ENOENT"), else how the program ended ("exit 7"). Calls need_exec(). */
const char *exec_in_child(const char *path, char *const argv[], char *const envp[], char *text,
                          size_t size);
const char *self_path(void); /* of this program */

double now_seconds(void);                /* CLOCK_MONOTONIC */
int whole_seconds(double since);         /* elapsed since, rounded to the nearest second */
void *optional_symbol(const char *name); /* dlsym(RTLD_DEFAULT); NULL when static or absent */
void write_file(const char *path, const char *content, unsigned mode); /* broken() on failure */
bool emulated(void); /* under qemu-user, as far as the guest can tell */
/* Ends the check as skip where children of the probe cannot execute a program of this platform
 * (PLIMSOLL_EMULATION=prefix). */
void need_exec(void);

/* For what the compiler would fold or warn about: hides a value from it. */
#define OPAQUE(x) \
    __extension__({ \
        __typeof__(x) opaque_ = (x); \
        __asm__ volatile("" : "+r"(opaque_)); \
        opaque_; \
    })

/* ---- between the files of the framework, not for checks ---- */

int probe_main(int argc, char **argv); /* main, but for the program's unit test */

struct outcome { /* of one check */
    char status[8];
    char value[1025];
};
enum { VALUE_MAX = 1024, NAME_SIZE = 64 };

extern const struct check *const __start_plimsoll_checks[] __attribute__((weak));
extern const struct check *const __stop_plimsoll_checks[] __attribute__((weak));

void run_check(const struct check *c, struct outcome *ret_outcome);
/* Runs them: in their order, but those that wait first and side by side where each check has a
 * fixture of its own. tell() is called at the end of each; when it gives false, so does this, and
 * starts no more. */
bool run_checks(const struct check *const *checks, size_t count,
                bool (*tell)(const struct check *c, const struct outcome *o, void *data),
                void *data);
void say_through(int fd);         /* where observe(), skip() and broken() of this process write */
char *name_buffer(void);          /* NAME_SIZE bytes, one of a dozen in turn */
const char *end_name(int status); /* of a wait status: "exit 7", "SIGSEGV" */
double limit_of(const struct check *c); /* seconds; four times as long when emulated */
extern double child_limit;              /* seconds that in_child() waits */
extern unsigned fixture_sequence;       /* number of the next question to the fixture */

/* Whether the cell gives each check a fixture of its own. Then a process takes one before it forks
 * the check ("": the job's own), drops it when it has, and the check enters it. Taking returns
 * NULL, or what is wrong. */
bool fixture_each(void);
const char *fixture_take(const char *id);
void fixture_drop(void);
void fixture_enter(void) NOT_INLINED;

/* A child of this process to be waited for with a limit. SIGCHLD is blocked from watch_children()
 * on, and as it was again after unwatch_children(); a child calls the latter first of all. */
struct watch {
    unsigned char saved[1024]; /* signal action and mask */
};
void watch_children(struct watch *ret_watch);
void unwatch_children(const struct watch *w) NOT_INLINED;
/* Reads what comes from count (at most 2) descriptors into take(which, ...) until the child ends;
 * false: the time is up, and it was killed. Either way it has been waited for and its status is in
 * ret_status. With group, its process group is killed as well. */
bool await_child(pid_t pid, bool group, const int *fds, int count,
                 void (*take)(int which, const char *bytes, size_t size, void *data), void *data,
                 double seconds, int *ret_status);

/* The same for many, each the leader of a group: which of them ended, or came to its end (by
 * now_seconds()) and was killed. */
size_t await_any(const pid_t *pids, const double *ends, size_t count, bool *ret_ended,
                 int *ret_status);

char *scratch_make(const char *parent, char *path, size_t size); /* a new empty directory below
                                       parent; NULL: errno says why */
/* Before the first run_check(): stdout and stderr become /dev/null for the checks; *ret_output is
 * where this process writes from now on. The checks are those to be run. */
bool run_begin(int *ret_output);
/* First of all in the child of a check. Little is left to do there: what its parent did already, an
 * emulator has translated already. Not to be inlined, so that this is the same code for all. */
void begin_as_child(const struct watch *w, int say, double limit) NOT_INLINED;
/* qemu-user throws all translations away when a process first maps shared memory or makes a thread
 * (from then on it translates for several threads): better at once than in the child of each check
 * that does. */
void warm_first(void);
/* Under an emulator, for several checks: returns in a child that has done what the child of every
 * check would else have to translate again, and ends with it. Should that child fail while it is at
 * it, returns in this process, as if there were no warm_up(). */
void run_warm(size_t count);
void scratch_remove(const char *path);

/* Puts the texts of an argument list that ends in NULL one after the other; what does not fit is
 * cut. No printf: an emulator takes longer to translate it than to run the rest of us. */
#define text_join(to, size, ...) text_join_all(to, size, (const char *const[]){__VA_ARGS__, NULL})
void text_join_all(char *to, size_t size, const char *const *texts);
const char *number_text(unsigned long number); /* in decimal; valid until the next call */

struct json { /* text being built; what does not fit is cut and marked in full */
    char *text;
    size_t size, length;
    bool full;
};
void json_raw(struct json *j, const char *text);
void json_text(struct json *j, const char *key, const char *value); /* NULL value: null */
void json_number(struct json *j, const char *key, unsigned long value);
void json_bool(struct json *j, const char *key, bool value);
