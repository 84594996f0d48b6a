/* SPDX-License-Identifier: Apache-2.0 */
/* On its own, so that the unit test of the framework can have a main too. */
#include "probe.h"

int main(int argc, char **argv)
{
    return probe_main(argc, argv);
}
