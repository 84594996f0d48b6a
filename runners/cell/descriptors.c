/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/descriptors.h"

#include <string.h>
#include <sys/socket.h>

bool descriptors_send(int socket, const void *bytes, size_t size, const int *fds, size_t count,
                      int flags)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(DESCRIPTORS_MAX * sizeof *fds)];
    } control = {0};
    struct iovec v = {(void *)bytes, size};
    struct msghdr m = {.msg_iov = &v,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = CMSG_SPACE(count * sizeof *fds)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(count * sizeof *fds);
    memcpy(CMSG_DATA(c), fds, count * sizeof *fds);
    return sendmsg(socket, &m, flags | MSG_NOSIGNAL) >= 0;
}
