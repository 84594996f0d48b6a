/* SPDX-License-Identifier: Apache-2.0 */
/* Which users exist in a user namespace, in the form of /proc/PID/uid_map. */
#pragma once
#include "harness/base/error.h"
#include "runners/cell/options.h"

struct id_map {
    bool single;       /* one uid and one gid */
    bool groups;       /* setgroups is allowed */
    char *uids, *gids; /* owned */
};

/* Every id that exists here, as itself; the identity's must be among them. */
bool id_map_identity(struct id_map *m, const struct identity *i, struct error *e) MUST_CHECK;

/* The identity's uid and gid are these ids of the parent namespace, and nobody else exists. */
void id_map_single(struct id_map *m, const struct identity *i, uid_t uid, gid_t gid);

/* The text of an identity map from that of a map: "inside outside count" lines. NULL when it
 * cannot be read as one. */
char *id_map_as_identity(const char *map) MUST_CHECK;

/* Whether an id exists inside of a map. */
bool id_map_has(const char *map, unsigned id);

/* Gives a child that was just made in a new user namespace its map. proc is a directory in which
 * pid is the child's name. */
bool id_map_write(const struct id_map *m, int proc, pid_t pid, struct error *e) MUST_CHECK;
void id_map_done(struct id_map *m);
