/* SPDX-License-Identifier: Apache-2.0 */
/* A job as the harness asks for it: one line of JSON (see PROTOCOL.md). */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/syslog.h"

#include <stddef.h>

enum { JOB_STRINGS_MAX = 4096, JOB_CHECKS_MAX = 512, JOB_BYTES_MAX = 160 * 1024 };

struct job_check {                         /* what one check is to find; NULL: the default */
    char *id, *resolv_conf, *hosts, *zone; /* owned */
};

struct job {
    bool known; /* id was read, whatever else is wrong */
    unsigned long long id;
    char **argv, **env; /* owned, NULL-terminated; argv[0] is an absolute path */
    double limit;       /* seconds, for all of it */
    double idle;        /* seconds without a line */
    char *resolv_conf, *hosts, *nsswitch, *zone; /* owned; NULL: the default */
    enum syslog_kind syslog;
    struct job_check *checks; /* owned; NULL: they all find the job's own */
    size_t check_count;
};

bool job_parse(struct job *j, const char *line, size_t length, struct error *e) MUST_CHECK;
void job_done(struct job *j);
