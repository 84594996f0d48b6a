/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's random bytes put to the health tests. Only whether they pass is said. */
#include "health.h"
#include "probe.h"
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static const unsigned char *take_sample(void)
{
    static unsigned char bytes[HEALTH_SIZE];
    size_t have = 0;

    while (have < sizeof(bytes)) {
        long got = syscall(SYS_getrandom, bytes + have, sizeof(bytes) - have, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            skip("no getrandom: %s", errno_name(errno));
        have += (size_t)got;
    }
    return bytes;
}

static const char *pass(bool ok)
{
    return ok ? "pass" : "fail";
}

#define HEALTH_REFS "https://doi.org/10.6028/NIST.SP.800-90B"
#define HEALTH_HELP "do not generate keys here: find out what answers getrandom"

CHECK(health_rct, .id = "entropy.health.rct",
      .says = "random bytes do not repeat (repetition count test)",
      .why = "a stuck or faked source gives keys that others can guess", .help = HEALTH_HELP,
      .refs = HEALTH_REFS)
{
    observe("%s", pass(health_repetition(take_sample(), HEALTH_SIZE)));
}

CHECK(health_apt, .id = "entropy.health.apt",
      .says = "no random byte comes too often (adaptive proportion test)",
      .why = "a source that favours a value gives keys that others can guess", .help = HEALTH_HELP,
      .refs = HEALTH_REFS)
{
    observe("%s", pass(health_proportion(take_sample(), HEALTH_SIZE)));
}

CHECK(health_monobit, .id = "entropy.health.monobit",
      .says = "random bits are as often one as zero",
      .why = "a biased source gives keys that others can guess", .help = HEALTH_HELP,
      .refs = HEALTH_REFS)
{
    observe("%s", pass(health_balance(take_sample(), HEALTH_SIZE)));
}
