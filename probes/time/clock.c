/* SPDX-License-Identifier: Apache-2.0 */
/* The clocks of the kernel as the libc hands them on. */
#include "probe.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* 8 and 9 (alarms) need a real time clock, 10 has never been given out. */
CHECK(clock_ids, .id = "time.clock.ids", .says = "clocks 0 to 7 and 11 can be read, 10 is EINVAL",
      .why = "a sandbox or an emulator that lacks one breaks timers in ways hard to find",
      .help = "look at the seccomp profile and the emulator",
      .refs = "https://man7.org/linux/man-pages/man2/clock_getres.2.html")
{
    static const int ids[] = {0, 1, 2, 3, 4, 5, 6, 7, 10, 11};
    struct timespec now, resolution;
    char line[160] = "";

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        int failed = clock_gettime(ids[i], &now) || clock_getres(ids[i], &resolution);
        int error = failed ? errno : 0;
        size_t used = strlen(line);

        snprintf(line + used, sizeof(line) - used, "%s%d %s", used ? "; " : "", ids[i],
                 failed ? errno_name(error) : "ok");
    }
    observe("%s", line);
}

CHECK(clock_resolution, .id = "time.clock.resolution",
      .says = "the real time and monotonic clocks resolve to a nanosecond",
      .why = "without high resolution timers sleeps take whole ticks",
      .help = "look at the kernel's configuration",
      .refs = "https://man7.org/linux/man-pages/man7/time.7.html")
{
    struct timespec real = {0}, monotonic = {0};

    clock_getres(CLOCK_REALTIME, &real);
    clock_getres(CLOCK_MONOTONIC, &monotonic);
    observe("%ld ns; %ld ns", real.tv_nsec, monotonic.tv_nsec);
}

CHECK(clock_order, .id = "time.clock.order", .says = "the monotonic clock never steps back",
      .why = "a clock that steps back breaks timeouts and rate limits",
      .help = "look at the clock source of the host",
      .refs = "https://man7.org/linux/man-pages/man3/clock_gettime.3.html")
{
    struct timespec before, after;
    int back = 0;

    clock_gettime(CLOCK_MONOTONIC, &before);
    for (int i = 0; i < 200; i++) {
        clock_gettime(CLOCK_MONOTONIC, &after);
        back += after.tv_sec < before.tv_sec ||
                (after.tv_sec == before.tv_sec && after.tv_nsec < before.tv_nsec);
        before = after;
    }
    observe("%s", back ? "steps back" : "never back");
}

CHECK(clock_nanosleep_errors, .id = "time.clock-nanosleep.errors",
      .says = "clock_nanosleep returns its errors and leaves errno alone",
      .why = "callers that look at errno take a failed sleep for a good one",
      .help = "look at the returned value",
      .refs = "https://man7.org/linux/man-pages/man2/clock_nanosleep.2.html")
{
    const struct timespec none = {0, 0}, bad = {0, -1};
    int negative, thread, coarse, boot, error;

    errno = 0;
    negative = clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL);
    thread = clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &none, NULL);
    coarse = clock_nanosleep(CLOCK_MONOTONIC_COARSE, 0, &none, NULL);
    boot = clock_nanosleep(CLOCK_BOOTTIME, 0, &none, NULL);
    error = errno;
    observe("negative %s; thread %s; coarse %s; boot %s; errno %s", errno_name(negative),
            errno_name(thread), errno_name(coarse), errno_name(boot), errno_name(error));
}

CHECK(timerfd_clocks, .id = "time.timerfd.clocks",
      .says = "timerfd takes the monotonic and boot clocks, not TAI",
      .why = "event loops need the first two",
      .help = "look at the seccomp profile and the emulator",
      .refs = "https://man7.org/linux/man-pages/man2/timerfd_create.2.html")
{
    static const int ids[] = {CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI};
    const char *names[3];

    for (int i = 0; i < 3; i++) {
        int fd = timerfd_create(ids[i], TFD_CLOEXEC);
        names[i] = errno_name(fd < 0 ? errno : 0);
        if (fd >= 0)
            close(fd);
    }
    observe("monotonic %s; boot %s; tai %s", names[0], names[1], names[2]);
}

CHECK(gettimeofday_zone, .id = "time.gettimeofday.zone",
      .says = "gettimeofday sets its second argument to zero",
      .why = "glibc since 2.31 zeroes it, musl leaves it as it was: old code reads rubbish",
      .help = "pass NULL",
      .refs = "https://sourceware.org/legacy-ml/libc-announce/2020/msg00001.html")
{
    struct timezone zone = {-7, -7};
    struct timeval now;
    int result = gettimeofday(&now, &zone);

    observe("%d; %d %d", result, zone.tz_minuteswest, zone.tz_dsttime);
}

CHECK(clock64, .id = "time.clock.raw64", .says = "a 32-bit program may call clock_gettime64",
      .why = "old container engines refuse it: the clock shows 1970",
      .help = "update the engine (runc 1.0-rc93, libseccomp 2.4.2)",
      .refs = "https://github.com/alpinelinux/docker-alpine/issues/141 "
              "https://github.com/alpinelinux/docker-alpine/issues/150")
{
#ifdef SYS_clock_gettime64
    struct {
        long long seconds, nanoseconds;
    } now = {0, 0};
    long error = syscall(SYS_clock_gettime64, CLOCK_REALTIME, &now) < 0 ? errno : 0;

    observe("%s; %s", errno_name((int)error), now.seconds > 1577836800 ? "after 2020" : "before");
#else
    skip("a 64-bit program has one clock_gettime");
#endif
}
