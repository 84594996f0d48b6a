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

enum { REPLY_MAX = 131072 };

unsigned fixture_sequence = 1;

static int fixture_fd(void)
{
    const char *text = getenv("PLIMSOLL_FIXTURE");
    char *end = NULL;
    long fd = text ? strtol(text, &end, 10) : -1;
    if (!text || end == text || *end || fd < 0)
        skip("no fixture in this cell");
    return (int)fd;
}

/* The next reply with that number; its payload, NUL-terminated, or NULL for none. */
static const char *await_reply(int fd, unsigned number, char *reply, size_t *ret_length)
{
    char prefix[16];
    text_join(prefix, sizeof prefix, number_text(number), " ");
    size_t digits = strlen(prefix);
    for (;;) {
        struct pollfd p = {fd, POLLIN, 0};
        int ready = poll(&p, 1, (int)(child_limit * 1000));
        if (ready < 0 && errno == EINTR)
            continue;
        ssize_t n = ready > 0 ? recv(fd, reply, REPLY_MAX - 1, 0) : 0;
        if (n <= 0)
            broken("the fixture does not answer");
        reply[n] = '\0';
        if (strncmp(reply, prefix, digits) != 0)
            continue;
        char *rest = reply + digits;
        if (!strncmp(rest, "ok\n", 3)) {
            *ret_length = (size_t)(reply + n - (rest + 3));
            return rest + 3;
        }
        if (!strcmp(rest, "none"))
            return NULL;
        broken("the fixture says: %s", rest);
    }
}

ssize_t ask_fixture(const char *request, char *buffer, size_t size)
{
    static char reply[REPLY_MAX];
    int fd = fixture_fd();
    unsigned number = fixture_sequence++;
    text_join(reply, sizeof reply, number_text(number), " ", request);
    size_t length = strlen(reply);
    if (send(fd, reply, length, MSG_NOSIGNAL) != (ssize_t)length)
        broken("cannot ask the fixture: %s", errno_name(errno));
    size_t got = 0;
    const char *payload = await_reply(fd, number, reply, &got);
    if (!payload)
        return -1;
    if (got >= size)
        got = size - 1;
    memcpy(buffer, payload, got);
    buffer[got] = '\0';
    return (ssize_t)got;
}
