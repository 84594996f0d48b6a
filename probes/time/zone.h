/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as a time zone shows them. Every text is valid until eight more have been asked for. */
#pragma once
#include <stdint.h>
#include <time.h>

/* Two moments that the checks share: winter and summer in the north. */
enum { WINTER = 1704067200, SUMMER = 1720000000 }; /* 2024-01-01T00:00:00Z, 2024-07-03T09:46:40Z */

#define NEW_YORK "EST5EDT,M3.2.0,M11.1.0" /* the rule, which needs no file */

/* Sets TZ (NULL removes it) and has the libc read it. */
void zone_set(const char *tz);

/* "11:46:40 CEST +0200". A name that is empty shows as "". Sets the zone first, as do the others;
 * a moment that time_t cannot hold gives "time_t is 32 bits". */
const char *zone_time(const char *tz, int64_t when);
/* "2024-07-03 11:46:40 CEST +0200" */
const char *zone_date(const char *tz, int64_t when);
/* "CEST +0200" */
const char *zone_offset(const char *tz, int64_t when);
/* "CEST +0200 dst 1" */
const char *zone_dst(const char *tz, int64_t when);

/* A time zone file without transitions: PRB, five hours east. Ends the check when it cannot. */
void zone_write_file(const char *path);
