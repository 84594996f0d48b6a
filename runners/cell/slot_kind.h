/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "runners/cell/syslog.h"

/* What a job needs of its slot from the start. */
struct slot_kind {
    enum syslog_kind syslog;
    bool nsswitch; /* an nsswitch.conf of its own */
    bool each;     /* a resolv.conf and hosts for each of its checks */
};
