/* SPDX-License-Identifier: Apache-2.0 */
/* Name servers by number in the text of a resolv.conf: "@1" ... "@9", "@1v6" ... "@9v6". */
#pragma once
#include "harness/base/text.h"

struct resolv_servers {
    bool ipv4[10], ipv6[10]; /* by number; those that the text names */
};

/* Appends the text with each of them replaced by the address that it has for this job slot. */
void resolv_expand(const char *text, unsigned slot, struct text *ret, struct resolv_servers *named);
