/* SPDX-License-Identifier: Apache-2.0 */
/* A private /dev: the usual nodes, terminals, shared memory, message queues. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/notes.h"

/* Mounts it on dev beneath root. log: whether there is a mount point /dev/log. What the host does
 * not give is noted; only a missing /dev itself is an error. */
bool device_mount(int root, bool log, struct notes *notes, struct error *e) MUST_CHECK;
