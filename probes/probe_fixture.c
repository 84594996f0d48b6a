/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the cell over its sequenced-packet socket: "SEQ VERB ..." is answered by
 * "SEQ ok\nPAYLOAD", "SEQ none" or "SEQ error WHY". Several processes may share the socket, and a
 * check that was killed leaves its answer behind: what has another number is thrown away. */
#include "probe.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_MAX = 131072, TAKEN_FDS = 3, TAKE_LIMIT = 20 };

/* Where a taken fixture is: its connection, and what /etc/resolv.conf and /etc/hosts lead to. */
static const int taken_places[TAKEN_FDS] = {69, 67, 68};

unsigned fixture_sequence = 1;

static char reply[REPLY_MAX], why[VALUE_MAX];

/* The socket, -1 without one. */
static int fixture_fd(void)
{
    const char *text = getenv("PLIMSOLL_FIXTURE");
    int fd = 0;
    if (!text || !*text)
        return -1;
    for (; *text >= '0' && *text <= '9' && fd < 100000; text++)
        fd = fd * 10 + (*text - '0');
    return *text ? -1 : fd;
}

/* The descriptors that came with a packet go to fds, or away: all of them, and exactly these. */
static bool take_descriptors(struct msghdr *m, int *fds)
{
    struct cmsghdr *c = m->msg_controllen > 0 ? CMSG_FIRSTHDR(m) : NULL;
    if (!c || c->cmsg_type != SCM_RIGHTS)
        return false;
    int got[TAKEN_FDS + 1]; /* what there may be room for */
    size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(got, CMSG_DATA(c), count * sizeof(int));
    for (size_t i = 0; i < count; i++)
        if (fds && count == TAKEN_FDS)
            fds[i] = got[i];
        else
            close(got[i]);
    return count == TAKEN_FDS;
}

static ssize_t receive(int fd, int *fds, bool *ret_taken, const char *prefix, size_t digits)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(TAKEN_FDS * sizeof(int))];
    } descriptors;
    struct iovec v = {reply, REPLY_MAX - 1};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &descriptors,
                       .msg_controllen = sizeof descriptors};
    ssize_t n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    if (n <= 0)
        return n;
    reply[n] = '\0';
    *ret_taken = take_descriptors(&m, strncmp(reply, prefix, digits) ? NULL : fds);
    return n;
}

/* The next reply with that number, into `reply`: *ret_payload is NULL for none. Returns NULL, or
 * what is wrong. */
static const char *await_reply(int fd, unsigned number, double seconds, int *fds, bool *ret_taken,
                               const char **ret_payload, size_t *ret_length)
{
    char prefix[16];
    text_join(prefix, sizeof prefix, number_text(number), " ");
    size_t digits = strlen(prefix);
    for (;;) {
        struct pollfd p = {fd, POLLIN, 0};
        int ready = poll(&p, 1, (int)(seconds * 1000));
        if (ready < 0 && errno == EINTR)
            continue;
        ssize_t n = ready > 0 ? receive(fd, fds, ret_taken, prefix, digits) : 0;
        if (n <= 0)
            return "the fixture does not answer";
        if (strncmp(reply, prefix, digits) != 0)
            continue;
        char *rest = reply + digits;
        *ret_payload = NULL;
        if (!strncmp(rest, "ok\n", 3)) {
            *ret_payload = rest + 3;
            *ret_length = (size_t)(reply + n - (rest + 3));
            return NULL;
        }
        if (!strcmp(rest, "none"))
            return NULL;
        text_join(why, sizeof why, "the fixture says: ", rest);
        return why;
    }
}

static const char *ask(int fd, const char *request, double seconds, int *fds, bool *ret_taken,
                       const char **ret_payload, size_t *ret_length)
{
    unsigned number = fixture_sequence++;
    *ret_taken = false;
    text_join(reply, sizeof reply, number_text(number), " ", request);
    size_t length = strlen(reply);
    if (send(fd, reply, length, MSG_NOSIGNAL) == (ssize_t)length)
        return await_reply(fd, number, seconds, fds, ret_taken, ret_payload, ret_length);
    text_join(why, sizeof why, "cannot ask the fixture: ", errno_name(errno));
    return why;
}

ssize_t ask_fixture(const char *request, char *buffer, size_t size)
{
    const char *payload = NULL;
    size_t got = 0;
    bool taken;
    int fd = fixture_fd();
    if (fd < 0)
        skip("no fixture in this cell");
    const char *wrong = ask(fd, request, child_limit, NULL, &taken, &payload, &got);
    if (wrong)
        broken("%s", wrong);
    if (!payload)
        return -1;
    if (got >= size)
        got = size - 1;
    memcpy(buffer, payload, got);
    buffer[got] = '\0';
    return (ssize_t)got;
}

/* ---- the fixture of one check ---- */

bool fixture_each(void)
{
    const char *text = getenv("PLIMSOLL_FIXTURE_EACH");
    return text && *text;
}

const char *fixture_take(const char *id)
{
    char request[160];
    const char *payload = NULL;
    size_t length;
    bool taken;
    int fds[TAKEN_FDS] = {-1, -1, -1};
    text_join(request, sizeof request, "fixture", *id ? " " : "", id);
    const char *wrong = ask(fixture_fd(), request, TAKE_LIMIT, fds, &taken, &payload, &length);
    if (wrong)
        return wrong;
    if (!taken)
        return "the fixture did not come";
    for (int i = 0; i < TAKEN_FDS && fds[i] >= 0; i++) {
        dup2(fds[i], taken_places[i]);
        close(fds[i]);
    }
    return NULL;
}

void fixture_drop(void)
{
    for (int i = 0; i < TAKEN_FDS; i++)
        close(taken_places[i]);
}

void fixture_enter(void)
{
    int fd = fixture_fd();
    if (fd >= 0)
        dup2(taken_places[0], fd);
    close(taken_places[0]);
}
