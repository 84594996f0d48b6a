/* SPDX-License-Identifier: Apache-2.0 */
/* The first process of a job slot's pid namespace: runs one job after the other and, at the end of
 * each, kills whatever the job has left, so that no job meets the remains of another. It is the
 * jobs' user and has no capability; the kernel shields it from their signals. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/text.h"
#include "runners/cell/setup.h"
#include "runners/cell/slot_kind.h"

struct reaper {
    const struct setup *setup;
    /* SOCK_SEQPACKET to the server. In: one packet when the user namespace has its map, then
     * requests with three descriptors; out: reports. */
    int control;
    char slot[16]; /* name of the slot's directory in the stage's slots/ */
    struct slot_kind kind;
};

enum { REAPER_FDS = 3 }; /* of a request: standard output, standard error, the fixture socket */

enum reaper_report_kind {
    REAPER_FAILED, /* the slot or the job could not be prepared: why */
    REAPER_ENDED,  /* the job and all its processes are gone */
    REAPER_CLEAN,  /* so are its files */
};

struct reaper_report {
    enum reaper_report_kind kind;
    bool clean; /* of REAPER_ENDED: no REAPER_CLEAN follows */
    int status, exec_errno;
    char why[512];
};

/* The text of a request. prefix: strings (ended by NULL) that go before argv. */
void reaper_encode(struct text *ret, const char *const prefix[], char *const argv[],
                   const char *const base_env[], char *const env[]);

_Noreturn void reaper_main(const struct reaper *r);
