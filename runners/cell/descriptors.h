/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { DESCRIPTORS_MAX = 3 };

/* One packet and descriptors with it (at most DESCRIPTORS_MAX) over a Unix socket; flags as of
 * sendmsg(2), MSG_NOSIGNAL is added. False: errno says why. */
bool descriptors_send(int socket, const void *bytes, size_t size, const int *fds, size_t count,
                      int flags);
