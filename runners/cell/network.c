/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/network.h"
#include "harness/base/pool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool network_loopback_up(struct error *e)
{
    CLEANUP_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK};
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot bring the loopback up");
    return true;
}

bool network_open_ports(struct error *e)
{
    const char *path = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    CLEANUP_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1)
        return error_errno(e, ERROR_RUN, errno, "cannot write %s", path);
    return true;
}

bool network_has_ipv6(void)
{
    CLEANUP_CLOSE int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd >= 0;
}

struct route_request {
    struct nlmsghdr header;
    struct rtmsg route;
    struct rtattr destination_header;
    struct in6_addr destination;
    struct rtattr device_header;
    unsigned device;
};

static struct route_request prefix_request(void)
{
    struct route_request r = {
        .header = {.nlmsg_len = sizeof r,
                   .nlmsg_type = RTM_NEWROUTE,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
        .route = {.rtm_family = AF_INET6,
                  .rtm_dst_len = 32,
                  .rtm_table = RT_TABLE_LOCAL,
                  .rtm_protocol = RTPROT_STATIC,
                  .rtm_scope = RT_SCOPE_HOST,
                  .rtm_type = RTN_LOCAL},
        .destination_header = {RTA_LENGTH(sizeof r.destination), RTA_DST},
        .device_header = {RTA_LENGTH(sizeof r.device), RTA_OIF},
        .device = if_nametoindex("lo"),
    };
    inet_pton(AF_INET6, "fd00:706c::", &r.destination);
    return r;
}

bool network_add_ipv6_prefix(struct error *e)
{
    CLEANUP_CLOSE int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    struct route_request request = prefix_request();
    struct {
        struct nlmsghdr header;
        struct nlmsgerr result;
        char rest[256];
    } answer = {0};
    if (fd < 0 || send(fd, &request, sizeof request, 0) < 0 ||
        recv(fd, &answer, sizeof answer, 0) < (ssize_t)NLMSG_LENGTH(sizeof answer.result))
        return error_errno(e, ERROR_RUN, errno, "cannot talk to rtnetlink");
    int errnum = answer.header.nlmsg_type == NLMSG_ERROR ? -answer.result.error : EPROTO;
    if (errnum != 0 && errnum != EEXIST)
        return error_errno(e, ERROR_RUN, errnum, "cannot add the local IPv6 prefix");
    return true;
}
