/* SPDX-License-Identifier: Apache-2.0 */
/* What listens on a job slot's /dev/log: keeps the raw bytes of each record until asked for. */
#pragma once
#include "harness/base/error.h"

#include <stddef.h>
#include <uv.h>

enum syslog_kind { SYSLOG_DGRAM, SYSLOG_STREAM, SYSLOG_NONE };
enum { SYSLOG_KINDS = 3, SYSLOG_RECORD_MAX = 64 * 1024 };

bool syslog_kind_parse(const char *name, enum syslog_kind *ret) NONNULL;

struct syslog_sink; /* opaque */

/* Binds the socket `log` in directory, for everybody. arrived is called whenever there is a record
 * to take. */
struct syslog_sink *syslog_open(uv_loop_t *loop, enum syslog_kind kind, int directory,
                                void (*arrived)(void *data), void *data,
                                struct error *e) MUST_CHECK;

/* The oldest record, which the caller frees; NULL when there is none. Of a stream a record ends
 * before a NUL or where the sender closed. */
char *syslog_take(struct syslog_sink *s, size_t *ret_length) MUST_CHECK;

/* Forgets all records and connections, those not yet read, too. */
void syslog_reset(struct syslog_sink *s);

/* The loop must run on until the memory is given back. NULL is fine. */
void syslog_close(struct syslog_sink *s);
