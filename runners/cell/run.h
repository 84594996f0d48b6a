/* SPDX-License-Identifier: Apache-2.0 */
/* A job while it runs: its output on the way to the harness, its fixtures. */
#pragma once
#include "runners/cell/job.h"
#include "runners/cell/slot.h"

struct run;

/* Starts the job, which it takes over, in an idle slot of the right kind. When it cannot, the end
 * event is already written, and the slot is idle or dying. */
void run_start(struct slot *slot, struct job *job);

void run_record_arrived(struct run *r);                         /* on the slot's /dev/log */
void run_time_is_up(struct run *r);                             /* its slot is being killed */
void run_ended(struct run *r, const struct reaper_report *how); /* the reaper says so */
/* The reaper is gone. why: what it had to say, or NULL. */
void run_lost(struct run *r, const char *why);
