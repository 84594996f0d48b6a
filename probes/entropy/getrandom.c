/* SPDX-License-Identifier: Apache-2.0 */
/* getrandom, getentropy, arc4random: the kernel's bytes, and what the libc adds. */
#include "getrandom.h"
#include "probe.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NONBLOCK = 1, RANDOM = 2, INSECURE = 4 };

typedef int getentropy_function(void *buffer, size_t size);

/* A dynamic glibc program must do without the symbols (2.25). The compiler knows the answer also
 * without optimisation, so that the way not taken leaves no symbol behind. */
#define DYNAMIC_GLIBC (PROBE_FLAVOR[0] == 'g' && PROBE_FLAVOR[6] == 'd')
#define LIBC_FUNCTION(name) (DYNAMIC_GLIBC ? (name##_function *)optional_symbol(#name) : (name))

getrandom_function *libc_getrandom(void)
{
    getrandom_function *f = LIBC_FUNCTION(getrandom);

    if (!f)
        skip("no getrandom in this libc");
    return f;
}

/* The count, or the errno. */
static const char *result_of(long result, int error)
{
    static char texts[8][24];
    static unsigned next;
    char *text = texts[next++ % 8];

    snprintf(text, sizeof(texts[0]), "%ld", result);
    return result < 0 ? errno_name(error) : text;
}

static const char *ask_kernel(void *buffer, size_t size, unsigned flags)
{
    long result = syscall(SYS_getrandom, buffer, size, flags);
    int error = errno;

    return result_of(result, error);
}

static const char *ask_libc(void *buffer, size_t size, unsigned flags)
{
    long result = libc_getrandom()(buffer, size, flags);
    int error = errno;

    return result_of(result, error);
}

CHECK(getrandom_basic, .id = "entropy.getrandom.basic",
      .says = "getrandom gives 16 bytes with every usual flag",
      .why = "keys, hash seeds, temporary names; old seccomp profiles refuse it",
      .help = "look at the seccomp profile and the kernel (3.17)",
      .refs = "https://man7.org/linux/man-pages/man2/getrandom.2.html "
              "https://peps.python.org/pep-0524/")
{
    unsigned char bytes[16];
    const char *plain = ask_kernel(bytes, sizeof(bytes), 0);
    const char *nonblock = ask_kernel(bytes, sizeof(bytes), NONBLOCK);
    const char *pool = ask_kernel(bytes, sizeof(bytes), RANDOM);
    const char *both = ask_kernel(bytes, sizeof(bytes), RANDOM | NONBLOCK);

    observe("%s; nonblock %s; random %s; both %s", plain, nonblock, pool, both);
}

CHECK(getrandom_libc, .id = "entropy.getrandom.libc",
      .says = "the libc's getrandom gives what was asked for",
      .why = "the libc may answer from the vDSO and not from the kernel",
      .help = "use a libc with getrandom (glibc 2.25, musl 1.1.20)",
      .refs = "https://man7.org/linux/man-pages/man2/getrandom.2.html")
{
    unsigned char first[32] = {0}, second[32] = {0};
    const char *length = ask_libc(first, sizeof(first), 0);

    ask_libc(second, sizeof(second), 0);
    observe("%s; %s", length, memcmp(first, second, sizeof(first)) ? "differs" : "same bytes");
}

CHECK(getrandom_insecure, .id = "entropy.getrandom.insecure", .says = "GRND_INSECURE is known",
      .why = "early boot code asks for it; kernels before 5.6 answer EINVAL",
      .help = "retry without the flag",
      .refs = "https://man7.org/linux/man-pages/man2/getrandom.2.html")
{
    unsigned char bytes[16];

    observe("%s", ask_kernel(bytes, sizeof(bytes), INSECURE));
}

CHECK(getrandom_bad, .id = "entropy.getrandom.bad",
      .says = "an unknown flag is EINVAL, no bytes are no error, a bad address is EFAULT",
      .why = "an answer made up by a sandbox or an emulator shows in its errors",
      .help = "find out what answers getrandom here",
      .refs = "https://man7.org/linux/man-pages/man2/getrandom.2.html")
{
    unsigned char bytes[16];
    const char *flag = ask_kernel(bytes, sizeof(bytes), 0x80);
    const char *nothing = ask_kernel(bytes, 0, 0);
    const char *address = ask_kernel((void *)1, 16, 0);

    observe("flag %s; nothing %s; address %s", flag, nothing, address);
}

CHECK(getrandom_insecure_random, .id = "entropy.getrandom.insecure-random",
      .says = "the libc's getrandom refuses GRND_INSECURE with GRND_RANDOM",
      .why = "glibc 2.41 answers from the vDSO, which takes what the kernel refuses",
      .help = "do not combine the flags",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=commit;h=461cab1de7")
{
    unsigned char bytes[16];

    observe("%s", ask_libc(bytes, sizeof(bytes), INSECURE | RANDOM));
}

static void read_bad_address(int out, void *libc)
{
    const char *text;

    (void)libc;
    text = ask_libc((void *)1, 16, 0);
    if (write(out, text, strlen(text)) < 0)
        _exit(1);
}

CHECK(getrandom_efault, .id = "entropy.getrandom.bad-address",
      .says = "the libc's getrandom reports a bad address as EFAULT",
      .why = "glibc 2.41 answers from the vDSO, and the program dies of SIGSEGV",
      .help = "do not rely on EFAULT from a libc function",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=commit;h=461cab1de7")
{
    char text[32];
    const char *end;

    libc_getrandom();
    end = in_child(read_bad_address, NULL, text, sizeof(text));
    observe("%s", strcmp(end, "exit 0") == 0 ? text : end);
}

CHECK(getrandom_whole, .id = "entropy.getrandom.whole", .says = "256 bytes are never cut short",
      .why = "callers that ask for up to 256 bytes do not look at the length",
      .help = "loop until all is there",
      .refs = "https://man7.org/linux/man-pages/man2/getrandom.2.html")
{
    unsigned char bytes[256];
    int whole = 0;

    for (int i = 0; i < 20; i++)
        whole += syscall(SYS_getrandom, bytes, sizeof(bytes), i % 2 ? RANDOM : 0) == 256;
    observe("%d of 20", whole);
}

CHECK(getentropy_limit, .id = "entropy.getentropy.limit",
      .says = "getentropy gives 256 bytes at the most, more is EIO",
      .why = "portable key generation relies on the limit being an error and not a short answer",
      .help = "ask for 256 bytes at the most",
      .refs = "https://man7.org/linux/man-pages/man3/getentropy.3.html")
{
    static unsigned char bytes[257];
    getentropy_function *f = LIBC_FUNCTION(getentropy);
    const char *most, *over, *nothing;
    int result, error;

    if (!f)
        skip("no getentropy in this libc");
    result = f(bytes, 256);
    error = errno;
    most = result_of(result, error);
    result = f(bytes, 257);
    error = errno;
    over = result_of(result, error);
    result = f(bytes, 0);
    error = errno;
    nothing = result_of(result, error);
    observe("256 %s; 257 %s; 0 %s", most, over, nothing);
}

static void need_dynamic(void)
{
    if (strstr(PROBE_FLAVOR, "static"))
        skip("a static program has what it was linked with");
}

CHECK(arc4random_present, .id = "entropy.arc4random.present",
      .says = "the libc has arc4random, arc4random_buf and arc4random_uniform",
      .why = "programs built where they exist (glibc 2.36) do not start where they do not",
      .help = "link libbsd, or build on the oldest system to be supported",
      .refs = "https://sourceware.org/glibc/wiki/Release/2.36")
{
    need_dynamic();
    observe("%s; buf %s; uniform %s", optional_symbol("arc4random") ? "yes" : "no",
            optional_symbol("arc4random_buf") ? "yes" : "no",
            optional_symbol("arc4random_uniform") ? "yes" : "no");
}

CHECK(prng_r_present, .id = "entropy.prng-r.present", .says = "the libc has random_r and drand48_r",
      .why = "programs that use them do not build or start with musl",
      .help = "use rand_r or erand48", .refs = "https://github.com/axboe/fio/pull/943")
{
    need_dynamic();
    observe("random_r %s; drand48_r %s", optional_symbol("random_r") ? "yes" : "no",
            optional_symbol("drand48_r") ? "yes" : "no");
}
