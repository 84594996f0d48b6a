/* SPDX-License-Identifier: Apache-2.0 */
/* Looking a name up, and what the fixture's servers were asked meanwhile. The texts returned are
 * valid until the next call of the same function. */
#pragma once

/* For the fixtures of most checks: the libc's own way of looking up, whatever the image says.
 * Most checks of a file share a zone. */
#define FILES_DNS "hosts: files dns\nservices: files\nprotocols: files\n"
#define ONE_SERVER "nameserver @1\n"
#define TWO_SERVERS "nameserver @1\nnameserver @2\n"
#define IMPATIENT "options timeout:1 attempts:1\n"

/* "ok 192.0.2.1 192.0.2.2", "ok, 40 addresses" when there are more than four, "EAI_NONAME". Of
 * getaddrinfo for a stream socket without flags; the family is AF_INET, AF_INET6 or AF_UNSPEC. The
 * fixture's log is emptied first, and the address of the last answer kept for the functions
 * below. */
const char *resolve(const char *name, int family);
/* As resolve, with ai_flags; ret_canonical (may be NULL) gets ai_canonname, or "NULL". */
const char *resolve_flags(const char *name, int family, int flags, const char **ret_canonical);
/* How many seconds the last look-up took, to the nearest: "0 s". */
const char *took(void);

/* What of each query the log below tells. */
enum {
    TRANSPORT = 1, /* "udp" */
    SERVER = 2,    /* "@1" */
    NAME = 4,
    TYPE = 8,
    MARKS = 16,  /* " ad", " edns0" */
    SORTED = 32, /* in order of text, each once; without it: in order, repetitions in a row once */
    EACH = 64,   /* nothing is left out */
};

/* "foo.bar, foo.bar.s1.test": the queries since the last look-up began; "nothing" if none. */
const char *asked(int what);
/* How many queries there were. Like asked() it reads the log once for both. */
unsigned asked_count(void);
