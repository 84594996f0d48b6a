/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/resolv.h"

#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

/* The length of the server's name at s, 0 when there is none. */
static size_t server_at(const char *s, unsigned *ret_number, bool *ret_ipv6)
{
    if (s[0] != '@' || s[1] < '1' || s[1] > '9')
        return 0;
    *ret_number = (unsigned)(s[1] - '0');
    *ret_ipv6 = s[2] == 'v' && s[3] == '6';
    size_t n = *ret_ipv6 ? 4 : 2;
    return isalnum((unsigned char)s[n]) ? 0 : n;
}

void resolv_expand(const char *text, struct dns_place place, struct text *ret,
                   struct resolv_servers *named)
{
    while (*text) {
        unsigned number;
        bool ipv6;
        char address[INET6_ADDRSTRLEN];
        size_t n = server_at(text, &number, &ipv6);
        if (n > 0) {
            dns_server_address(place, number, ipv6, address, sizeof address);
            (ipv6 ? named->ipv6 : named->ipv4)[number] = true;
            text_add(ret, address);
        } else {
            n = 1 + strcspn(text + 1, "@");
            text_add_n(ret, text, n);
        }
        text += n;
    }
}
