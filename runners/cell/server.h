/* SPDX-License-Identifier: Apache-2.0 */
/* The cell's first process once the sandbox stands: jobs in, events out, until the input ends. */
#pragma once
#include "harness/base/text.h"
#include "runners/cell/setup.h"
#include "runners/cell/slot.h"

#include <uv.h>

struct queued; /* a job that waits for a slot */

struct server {
    uv_loop_t loop;
    uv_poll_t input;
    uv_prepare_t before_wait;
    const struct setup *setup;
    int slots_directory; /* the stage's slots/ */
    struct slot *slots[SLOTS_MAX + 1];
    struct queued *first, **last;
    unsigned running; /* jobs */
    unsigned serial;  /* of slot directories */
    struct text line; /* the beginning of a job */
    struct text out;  /* events to be written before the loop waits */
    bool input_ended, ipv6_tried, ipv6;
};

/* Serves until the end of its input. False when the cell cannot go on. */
bool server_run(const struct setup *setup, struct error *e) MUST_CHECK;

/* Events that the loop has not written yet. */
void server_flush(struct server *s);

/* Whether the name servers' IPv6 addresses are local; makes them so. */
bool server_ipv6(struct server *s);

void server_job_ended(struct server *s);
void server_slot_idle(struct server *s);
void server_slot_gone(struct server *s, struct slot *slot); /* before its memory is given back */
