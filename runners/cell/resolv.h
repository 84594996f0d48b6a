/* SPDX-License-Identifier: Apache-2.0 */
/* Name servers by number in the text of a resolv.conf: "@1" ... "@9", "@1v6" ... "@9v6". */
#pragma once
#include "harness/base/text.h"
#include "runners/cell/dns.h"

struct resolv_servers {
    bool ipv4[10], ipv6[10]; /* by number; those that the text names */
};

/* Appends the text with each of them replaced by the address that it has at this place. */
void resolv_expand(const char *text, struct dns_place place, struct text *ret,
                   struct resolv_servers *named);
