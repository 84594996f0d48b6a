/* SPDX-License-Identifier: Apache-2.0 */
/* What a process gets at its start and hands on by fork: seed, addresses, canary, generators. */
#include "getrandom.h"
#include "probe.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SEED = 16, STARTS = 4 };

struct birth { /* what a program was started with, as text */
    char seed[2 * SEED + 1];
    char stack[24], mapping[24], canary[24];
};

/* "-" where it is not known where the canary is, "?" where chance hides which byte was cleared. */
static const char *canary_shape(const void *seed)
{
#ifdef __x86_64__
    const uint64_t first = 0xff, second = 0xff00;
    uint64_t canary, random;

    __asm__ volatile("mov %%fs:0x28, %0" : "=r"(canary));
    memcpy(&random, seed, sizeof(random));
    if (canary == 0)
        return "none";
    if (canary == (random & ~first) && canary == (random & ~second))
        return "?";
    return canary == (random & ~first)    ? "first-cleared"
           : canary == (random & ~second) ? "second-cleared"
           : canary == random             ? "as-it-is"
                                          : "other";
#else
    (void)seed;
    return "-";
#endif
}

static void take_birth(struct birth *b)
{
    const unsigned char *seed = (const unsigned char *)getauxval(AT_RANDOM);
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    memset(b, 0, sizeof(*b));
    for (int i = 0; seed && i < SEED; i++)
        snprintf(b->seed + 2 * i, 3, "%02x", seed[i]);
    snprintf(b->stack, sizeof(b->stack), "%lx", (unsigned long)(uintptr_t)&page);
    snprintf(b->mapping, sizeof(b->mapping), "%lx", (unsigned long)(uintptr_t)page);
    snprintf(b->canary, sizeof(b->canary), "%s", seed ? canary_shape(seed) : "-");
}

#define ROLE "birth"

/* This program started anew says what it was born with. */
int play_role(const char *role, int argc, char **argv)
{
    struct birth b;

    (void)argc;
    (void)argv;
    if (strcmp(role, ROLE) != 0)
        return 1;
    take_birth(&b);
    return printf("%s %s %s %s\n", b.seed, b.stack, b.mapping, b.canary) < 0 ? 1 : 0;
}

static void start_anew(int out, void *unused)
{
    char self[4096];
    char *argv[] = {self, NULL};
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

    (void)unused;
    if (length < 0 || dup2(out, STDOUT_FILENO) < 0 || setenv("PLIMSOLL_ROLE", ROLE, 1))
        _exit(1);
    self[length] = '\0';
    execv(self, argv);
    _exit(1);
}

static void birth_of_child(struct birth *ret)
{
    char text[128];
    const char *end = in_child(start_anew, NULL, text, sizeof(text));

    if (sscanf(text, "%32s %23s %23s %23s", ret->seed, ret->stack, ret->mapping, ret->canary) != 4)
        broken("cannot start this program anew: %s", end);
}

CHECK(at_random_present, .id = "entropy.at_random.present",
      .says = "the kernel gives every program 16 random bytes (AT_RANDOM)",
      .why = "stack canaries and pointer guards are made of them",
      .help = "look at the kernel and the emulator",
      .refs = "https://man7.org/linux/man-pages/man3/getauxval.3.html")
{
    const unsigned char *seed = (const unsigned char *)getauxval(AT_RANDOM);
    static const unsigned char zeros[SEED];
    unsigned long unknown;
    int error;

    errno = 0;
    unknown = getauxval(9999);
    error = errno;
    observe("%s; unknown entry %lu %s",
            !seed                       ? "absent"
            : memcmp(seed, zeros, SEED) ? "present"
                                        : "zeros",
            unknown, errno_name(error));
}

CHECK(at_random_unique, .id = "entropy.at_random.unique",
      .says = "AT_RANDOM differs from one start to the next",
      .why = "a constant one (qemu's -seed) makes canaries and hash seeds known to everybody",
      .help = "do not set QEMU_RAND_SEED",
      .refs = "https://www.qemu.org/docs/master/user/main.html")
{
    struct birth here, there;

    need_exec();
    take_birth(&here);
    birth_of_child(&there);
    observe("%s", strcmp(here.seed, there.seed) ? "differs" : "constant");
}

CHECK(aslr, .id = "entropy.aslr.stack-mmap",
      .says = "the stack and mappings are somewhere else at every start",
      .why = "fixed addresses make exploits easy; CIS benchmarks ask for it",
      .help = "set kernel.randomize_va_space to 2, do not run under setarch -R",
      .refs = "https://www.kernel.org/doc/html/latest/admin-guide/sysctl/kernel.html")
{
    struct birth first, next;
    bool stack = false, mapping = false;

    if (emulated())
        skip("the emulator places the memory");
    need_exec();
    birth_of_child(&first);
    for (int i = 1; i < STARTS; i++) {
        birth_of_child(&next);
        stack = stack || strcmp(first.stack, next.stack) != 0;
        mapping = mapping || strcmp(first.mapping, next.mapping) != 0;
    }
    observe("stack %s; mmap %s", stack ? "varies" : "fixed", mapping ? "varies" : "fixed");
}

CHECK(canary, .id = "entropy.canary.shape",
      .says = "the stack canary is AT_RANDOM with its first byte cleared",
      .why = "the zero byte stops string functions; static musl programs without a protected "
             "object have no canary at all",
      .help = "build with -fstack-protector-strong",
      .refs = "https://git.musl-libc.org/cgit/musl/commit/?id=74a28a8a")
{
    struct birth b;

    take_birth(&b);
    for (int i = 0; i < STARTS && strcmp(b.canary, "?") == 0; i++) {
        need_exec();
        birth_of_child(&b);
    }
    if (strcmp(b.canary, "-") == 0)
        skip("looked at on linux/amd64 only");
    observe("%s", b.canary);
}

static void random_in_child(int out, void *unused)
{
    unsigned char bytes[SEED];

    (void)unused;
    if (libc_getrandom()(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        _exit(1);
    for (int i = 0; i < SEED; i++)
        dprintf(out, "%02x", bytes[i]);
    dprintf(out, " %ld", random());
}

CHECK(fork_twins, .id = "entropy.fork",
      .says = "after fork getrandom gives other bytes, random() goes on from one state",
      .why = "two workers that share random() hand out the same session names; a libc that "
             "answers getrandom itself (glibc 2.41) must not share its state",
      .help = "seed again after fork, or use getrandom",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=commit;h=461cab1de7 "
              "https://pubs.opengroup.org/onlinepubs/9699919799/functions/random.html")
{
    unsigned char bytes[SEED];
    char first[80], second[80];
    const char *end[2];

    libc_getrandom()(bytes, sizeof(bytes), 0); /* so that there is a state to be shared */
    srandom(7);
    end[0] = in_child(random_in_child, NULL, first, sizeof(first));
    end[1] = in_child(random_in_child, NULL, second, sizeof(second));
    if (strcmp(end[0], "exit 0") != 0 || strcmp(end[1], "exit 0") != 0)
        broken("children ended with %s and %s", end[0], end[1]);
    observe("getrandom %s; random %s", memcmp(first, second, 2 * SEED) ? "differs" : "same",
            strcmp(first + 2 * SEED, second + 2 * SEED) ? "differs" : "same");
}
