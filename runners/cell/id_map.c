/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/id_map.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *id_map_as_identity(const char *map)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    while (*map) {
        unsigned inside, outside, count;
        int n = 0;
        if (sscanf(map, "%u %u %u%n", &inside, &outside, &count, &n) != 3)
            return NULL;
        text_printf(&t, "%u %u %u\n", inside, inside, count);
        map += n;
        map += strspn(map, " \n");
    }
    return t.length ? text_take(&t) : NULL;
}

static char *own_map(const char *path, struct error *e)
{
    char map[8192];
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, map, sizeof map - 1) : -1;
    if (n < 0) {
        error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
        return NULL;
    }
    map[n] = '\0';
    char *identity = id_map_as_identity(map);
    if (!identity)
        error_set(e, ERROR_RUN, "%s has no ids", path);
    return identity;
}

bool id_map_has(const char *map, unsigned id)
{
    unsigned inside, outside, count;
    for (int n = 0; sscanf(map, "%u %u %u%n", &inside, &outside, &count, &n) == 3; map += n)
        if (id >= inside && id - inside < count)
            return true;
    return false;
}

static bool setgroups_allowed(void)
{
    char answer[8];
    CLEANUP_CLOSE int fd = open("/proc/self/setgroups", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, answer, sizeof answer) > 0 && answer[0] == 'a';
}

bool id_map_identity(struct id_map *m, const struct identity *i, struct error *e)
{
    *m = (struct id_map){.groups = setgroups_allowed()};
    m->uids = own_map("/proc/self/uid_map", e);
    if (m->uids)
        m->gids = own_map("/proc/self/gid_map", e);
    if (!m->gids)
        return false;
    return (id_map_has(m->uids, i->uid) && id_map_has(m->gids, i->gid)) ||
           error_set(e, ERROR_RUN, "user %u:%u does not exist here", i->uid, i->gid);
}

void id_map_single(struct id_map *m, const struct identity *i, uid_t uid, gid_t gid)
{
    *m = (struct id_map){.single = true};
    m->uids = must_printf("%u %u 1\n", i->uid, uid);
    m->gids = must_printf("%u %u 1\n", i->gid, gid);
}

static bool write_file(int proc, pid_t pid, const char *name, const char *text, struct error *e)
{
    char path[32];
    snprintf(path, sizeof path, "%d/%s", (int)pid, name);
    CLEANUP_CLOSE int fd = openat(proc, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot write %s", name);
    return true;
}

bool id_map_write(const struct id_map *m, int proc, pid_t pid, struct error *e)
{
    /* Without privileges a gid_map is only taken where setgroups has been given up. */
    if (m->single && !write_file(proc, pid, "setgroups", "deny", e))
        return false;
    return write_file(proc, pid, "uid_map", m->uids, e) &&
           write_file(proc, pid, "gid_map", m->gids, e);
}

void id_map_done(struct id_map *m)
{
    free(m->uids);
    free(m->gids);
    *m = (struct id_map){0};
}
