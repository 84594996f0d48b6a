/* SPDX-License-Identifier: Apache-2.0 */
/* A place where jobs run, one after the other: a pid and a mount namespace (and a user namespace,
 * so that processes are counted apart) with a reaper in it, its fixture files and its /dev/log.
 * Slots are kept for the next job; one whose job had to be killed dies with it. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/job.h"
#include "runners/cell/reaper.h"
#include "runners/cell/slot_kind.h"
#include "runners/cell/syslog.h"

#include <uv.h>

enum { SLOTS_MAX = 250 }; /* numbered from 1, as the name servers' addresses */

enum slot_state { SLOT_IDLE, SLOT_BUSY, SLOT_CLEANING, SLOT_DYING };

struct run;

struct slot {
    struct server *server;
    unsigned number;
    struct slot_kind kind;
    enum slot_state state;
    pid_t reaper;
    int reaper_fd, control, directory;         /* pidfd; socket; slots/N of the stage */
    char name[16];                             /* of the directory */
    char *resolv_conf, *hosts, *nsswitch_conf; /* what its files hold; owned */
    uv_poll_t control_poll, reaper_poll;
    uv_timer_t limit;
    unsigned handles;
    struct syslog_sink *sink; /* NULL: none */
    struct run *run;          /* NULL: idle; owned by run.c */
};

struct slot *slot_open(struct server *server, unsigned number, struct slot_kind kind,
                       struct error *e) MUST_CHECK;

/* Puts the fixture files in place; NULL nsswitch only in a slot without one. In one of kind `each`
 * resolv.conf and hosts are links to the descriptors FIXTURE_RESOLV_CONF and FIXTURE_HOSTS of
 * whoever opens them, and those texts are not looked at. */
bool slot_write_files(struct slot *s, const char *resolv_conf, const char *hosts,
                      const char *nsswitch, struct error *e) MUST_CHECK;

/* Hands a request to the reaper. */
bool slot_send(struct slot *s, const struct text *request, const int fds[REAPER_FDS],
               struct error *e) MUST_CHECK;

/* Kills everything in the slot after that time, unless its job ends before. */
void slot_limit(struct slot *s, double seconds);

/* Kills everything in it; the slot is gone when server_slot_gone is called. */
void slot_kill(struct slot *s);
