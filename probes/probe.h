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
 *                    PROBE [--check ID]...   runs them (all without --check) in order of their id
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

    /* Fixture, put in place before the program starts. Checks with equal fixtures share a process.
     * NULL: the cell's default (resolv.conf: nameserver @1; hosts: localhost; the image's own
     * nsswitch.conf; no zone: every question gets NXDOMAIN; /dev/log a datagram socket). */
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

#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

/* ---- what a check says ---- */

/* The value: one line; bytes that are not printable ASCII are escaped as \xHH. Returns, so that the
 * check can clean up; a second call is the check's fault and gives status error. */
void observe(const char *format, ...) PRINTF_LIKE(1, 2);
/* Does not apply here, and why. Ends the check. */
_Noreturn void skip(const char *format, ...) PRINTF_LIKE(1, 2);
/* The probe itself could not do its work (no memory, no fixture). Ends the check. */
_Noreturn void broken(const char *format, ...) PRINTF_LIKE(1, 2);

/* ---- symbolic names (static or thread-local storage, never NULL) ---- */

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

double now_seconds(void);                /* CLOCK_MONOTONIC */
int whole_seconds(double since);         /* elapsed since, rounded to the nearest second */
void *optional_symbol(const char *name); /* dlsym(RTLD_DEFAULT); NULL when static or absent */
void write_file(const char *path, const char *content, unsigned mode); /* broken() on failure */
bool emulated(void); /* under qemu-user, as far as the guest can tell */

/* For what the compiler would fold or warn about: hides a value from it. */
#define OPAQUE(x) \
    __extension__({ \
        __typeof__(x) opaque_ = (x); \
        __asm__ volatile("" : "+r"(opaque_)); \
        opaque_; \
    })
