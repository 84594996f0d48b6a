/* SPDX-License-Identifier: Apache-2.0 */
/* The sequences of the libc's generators: fixed by their seed, and part of what tests rely on. */
#include "probe.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

CHECK(rand_seq, .id = "entropy.rand.seq", .says = "srand(1) and srand(42) start glibc's sequences",
      .why = "recorded tests, simulations and maps differ; musl's first value for 1 is 0",
      .help = "bring your own generator where the sequence matters",
      .refs = "https://github.com/SanderMertens/flecs/pull/1541 "
              "https://github.com/llvm/llvm-project/issues/94048")
{
    int one[3], answer[3];

    srand(1);
    for (int i = 0; i < 3; i++)
        one[i] = rand();
    srand(42);
    for (int i = 0; i < 3; i++)
        answer[i] = rand();
    observe("1: %d %d %d; 42: %d %d %d", one[0], one[1], one[2], answer[0], answer[1], answer[2]);
}

CHECK(rand_unseeded, .id = "entropy.rand.unseeded",
      .says = "without a seed, rand starts as after srand(1)",
      .why = "ISO C promises it; seed 0 is the same as 1 in glibc only", .help = "seed explicitly",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/rand.html")
{
    int unseeded = rand(), one, zero;

    srand(1);
    one = rand();
    srand(0);
    zero = rand();
    observe("as srand(1): %s; srand(0) as srand(1): %s", unseeded == one ? "yes" : "no",
            zero == one ? "yes" : "no");
}

CHECK(rand_max, .id = "entropy.rand.max", .says = "RAND_MAX is 2^31 - 1",
      .why = "scaling code assumes it", .help = "scale by RAND_MAX",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/rand.html")
{
    observe("%d", RAND_MAX);
}

CHECK(random_seq, .id = "entropy.random.seq",
      .says = "srandom(1) and srandom(42) start glibc's sequences",
      .why = "recorded tests and games differ between the libcs",
      .help = "bring your own generator where the sequence matters",
      .refs = "https://github.com/cuadue/2048_game/issues/9")
{
    long one[3], answer[3];

    srandom(1);
    for (int i = 0; i < 3; i++)
        one[i] = random();
    srandom(42);
    for (int i = 0; i < 3; i++)
        answer[i] = random();
    observe("1: %ld %ld %ld; 42: %ld %ld %ld", one[0], one[1], one[2], answer[0], answer[1],
            answer[2]);
}

CHECK(rand_r_seq, .id = "entropy.rand_r.seq", .says = "rand_r with seed 1 gives glibc's sequence",
      .why = "recorded tests differ between the libcs",
      .help = "bring your own generator where the sequence matters",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/rand.html")
{
    unsigned seed = 1;
    int got[4];

    for (int i = 0; i < 4; i++)
        got[i] = rand_r(&seed);
    observe("%d %d %d %d", got[0], got[1], got[2], got[3]);
}

CHECK(drand48_seq, .id = "entropy.drand48.seq",
      .says = "drand48, lrand48 and mrand48 give the sequence of the standard",
      .why = "the one generator that is the same everywhere; also shows the byte order",
      .help = "report it: this is a defect of the libc or the emulator",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/drand48.html")
{
    double real[2];
    long natural, whole;

    srand48(42);
    real[0] = drand48();
    real[1] = drand48();
    natural = lrand48();
    whole = mrand48();
    observe("%.17g %.17g %ld %ld", real[0], real[1], natural, whole);
}

CHECK(erand48_seq, .id = "entropy.erand48.seq",
      .says = "erand48, nrand48 and jrand48 give the sequence of the standard",
      .why = "jrand48's sign was wrong in musl before 1.1.16",
      .help = "report it: this is a defect of the libc or the emulator",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/drand48.html")
{
    unsigned short state[3] = {1, 2, 3};
    double real = erand48(state);
    long natural = nrand48(state);
    long whole = jrand48(state);

    observe("%.17g %ld %ld", real, natural, whole);
}

CHECK(initstate8, .id = "entropy.initstate8",
      .says = "random with 8 bytes of state gives the same numbers everywhere",
      .why = "the only random() that glibc and musl have in common",
      .help = "use initstate with 8 bytes where the sequence matters",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/initstate.html")
{
    _Alignas(int) static char state[8], small[8]; /* the libcs store words in it */
    long got[3];
    const char *refused;

    initstate(42, state, sizeof(state));
    for (int i = 0; i < 3; i++)
        got[i] = random();
    refused = initstate(42, small, 7) ? "taken" : "refused";
    observe("%ld %ld %ld; 7 bytes %s", got[0], got[1], got[2], refused);
}
