/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/fixture_set.h"
#include "harness/base/pool.h"
#include "runners/cell/fixture.h"
#include "runners/cell/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct taken {
    struct fixture_set *set;
    unsigned part; /* of the name servers' addresses */
    struct dns_server *dns;
    struct fixture *fixture;
};

struct fixture_set {
    struct server *server;
    unsigned slot;
    const struct job *job;
    struct taken *taken[FIXTURE_SET_MAX + 1]; /* by part; 0 stays empty */
    unsigned last;                            /* part that was taken */
};

struct dns_server *fixture_servers(struct server *server, struct dns_place place, const char *zone,
                                   const struct resolv_servers *named, struct error *e)
{
    struct dns_server *dns = dns_server_open(&server->loop, place, zone, e);
    bool fine = dns || error_context(e, "zone");
    for (unsigned n = 1; fine && n <= 9; n++)
        fine = (!named->ipv4[n] || dns_server_listen(dns, n, false, e)) &&
               (!named->ipv6[n] || !server_ipv6(server) || dns_server_listen(dns, n, true, e));
    if (fine)
        return dns;
    dns_server_close(dns);
    return NULL;
}

struct fixture_set *fixture_set_new(struct server *server, unsigned slot, const struct job *job)
{
    struct fixture_set *s = must_calloc(1, sizeof *s);
    s->server = server;
    s->slot = slot;
    s->job = job;
    return s;
}

static void give_back(void *data)
{
    struct taken *t = data;
    fixture_close(t->fixture);
    dns_server_close(t->dns);
    t->set->taken[t->part] = NULL;
    free(t);
}

void fixture_set_close(struct fixture_set *s)
{
    for (unsigned part = 1; s && part <= FIXTURE_SET_MAX; part++)
        if (s->taken[part])
            give_back(s->taken[part]);
    free(s);
}

/* ---- taking one ---- */

/* A file that nobody can write to, not even its owner, which a probe may be. */
static int make_file(const char *text, struct error *e)
{
    int fd = memfd_create("plimsoll", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    size_t n = strlen(text);
    if (fd >= 0 && write(fd, text, n) == (ssize_t)n && fchmod(fd, 0644) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
        return fd;
    error_errno(e, ERROR_RUN, errno, "cannot make a check's file");
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool find_check(const struct job *j, const char *id, struct job_check *ret, struct error *e)
{
    *ret = (struct job_check){NULL, j->resolv_conf, j->hosts, j->zone};
    if (!*id)
        return true;
    for (size_t i = 0; i < j->check_count; i++) {
        if (strcmp(j->checks[i].id, id) != 0)
            continue;
        *ret = j->checks[i];
        return true;
    }
    return error_set(e, ERROR_RUN, "the job has no such check");
}

/* In turn, so that what is still under way to one check's servers finds nobody at that address. */
static unsigned unused_part(struct fixture_set *s, struct error *e)
{
    for (unsigned i = 0; i < FIXTURE_SET_MAX; i++) {
        s->last = s->last % FIXTURE_SET_MAX + 1;
        if (!s->taken[s->last])
            return s->last;
    }
    error_set(e, ERROR_RUN, "more than %d fixtures at a time", FIXTURE_SET_MAX);
    return 0;
}

static bool make_files(const struct job_check *c, const char *resolv_conf, int fds[],
                       struct error *e)
{
    fds[1] = make_file(resolv_conf, e);
    if (fds[1] < 0)
        return false;
    fds[2] = make_file(c->hosts ? c->hosts : FIXTURE_DEFAULT_HOSTS, e);
    return fds[2] >= 0;
}

static bool connect_servers(struct taken *t, int fds[], struct error *e)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot make a socket pair");
    const struct fixture_events events = {.left = give_back, .data = t};
    t->fixture = fixture_open(&t->set->server->loop, pair[0], t->dns, NULL, &events);
    fds[0] = pair[1];
    return true;
}

static bool prepare(struct taken *t, const struct job_check *c, int fds[], struct error *e)
{
    CLEANUP_TEXT struct text resolv_conf = TEXT_INIT;
    struct resolv_servers named = {0};
    const struct dns_place place = {t->set->slot, t->part};
    resolv_expand(c->resolv_conf ? c->resolv_conf : FIXTURE_DEFAULT_RESOLV_CONF, place,
                  &resolv_conf, &named);
    if (!make_files(c, text_get(&resolv_conf), fds, e))
        return false;
    t->dns = fixture_servers(t->set->server, place, c->zone, &named, e);
    return t->dns && connect_servers(t, fds, e);
}

bool fixture_set_take(const char *check, int ret_fds[], struct error *e, void *set)
{
    struct fixture_set *s = set;
    struct job_check c;
    if (!find_check(s->job, check, &c, e))
        return false;
    unsigned part = unused_part(s, e);
    if (part == 0)
        return false;
    int fds[FIXTURE_FDS] = {-1, -1, -1};
    struct taken *t = s->taken[part] = must_calloc(1, sizeof *t);
    t->set = s;
    t->part = part;
    if (prepare(t, &c, fds, e)) {
        memcpy(ret_fds, fds, sizeof fds);
        return true;
    }
    for (int i = 0; i < FIXTURE_FDS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    give_back(t);
    return false;
}
