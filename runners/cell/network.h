/* SPDX-License-Identifier: Apache-2.0 */
/* The cell's own network: nothing but the loopback. */
#pragma once
#include "harness/base/error.h"

bool network_loopback_up(struct error *e) MUST_CHECK;

/* Lets unprivileged programs bind ports below 1024, as container engines do. */
bool network_open_ports(struct error *e) MUST_CHECK;

/* Whether this kernel knows IPv6 at all. */
bool network_has_ipv6(void);

/* Makes fd00:706c::/32, the name servers' addresses, local: a route, no address, so that resolvers
 * that look for configured addresses find none but the loopback's. */
bool network_add_ipv6_prefix(struct error *e) MUST_CHECK;
