/* SPDX-License-Identifier: Apache-2.0 */
/* The random devices and what /proc tells of the kernel's generator. */
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char *node(const char *path)
{
    static char texts[2][48];
    static unsigned next;
    char *text = texts[next++ % 2];
    struct stat st;

    if (stat(path, &st) < 0)
        return errno_name(errno);
    snprintf(text, sizeof(texts[0]), "%s %u:%u %04o", S_ISCHR(st.st_mode) ? "char" : "other",
             major(st.st_rdev), minor(st.st_rdev), (unsigned)st.st_mode & 07777);
    return text;
}

CHECK(dev_nodes, .id = "entropy.dev.nodes",
      .says = "/dev/random and /dev/urandom are the kernel's and may be used by everybody",
      .why = "programs fall back to them; a plain file in their place gives known bytes",
      .help = "let the runtime mount /dev, leave it out of the image",
      .refs = "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md",
      .needs = "/dev")
{
    const char *random = node("/dev/random"), *urandom = node("/dev/urandom");

    observe("%s; %s", random, urandom);
}

CHECK(dev_read, .id = "entropy.dev.read",
      .says = "/dev/urandom gives other bytes every time and takes some",
      .why = "the way of libraries without getrandom", .help = "let the runtime mount /dev",
      .refs = "https://man7.org/linux/man-pages/man4/random.4.html", .needs = "/dev")
{
    unsigned char first[16], second[16];
    int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
    ssize_t got, again, taken;

    if (fd < 0) {
        observe("%s", errno_name(errno));
        return;
    }
    got = read(fd, first, sizeof(first));
    again = read(fd, second, sizeof(second));
    taken = write(fd, first, 1);
    close(fd);
    observe("%zd and %zd bytes; %s; takes %zd", got, again,
            memcmp(first, second, sizeof(first)) ? "differ" : "same", taken);
}

/* First line of a file below /proc/sys/kernel; skips the check where it is not there. */
static void read_setting(const char *name, char *text, size_t size)
{
    char path[128];
    ssize_t got;
    int fd;

    snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    got = fd < 0 ? -1 : read(fd, text, size - 1);
    if (got < 0)
        skip("%s: %s", path, errno_name(errno));
    close(fd);
    text[got] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

static bool is_uuid4(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";

    for (size_t i = 0; i < sizeof(shape); i++) {
        bool fits = shape[i] == 'x'   ? text[i] && strchr("0123456789abcdef", text[i])
                    : shape[i] == 'v' ? text[i] && strchr("89ab", text[i])
                                      : text[i] == shape[i];
        if (!fits)
            return false;
    }
    return true;
}

CHECK(proc_uuid, .id = "entropy.proc.uuid",
      .says = "/proc/sys/kernel/random/uuid gives a new random UUID at every reading, boot_id not",
      .why = "ids made from boot_id collide: all containers of a host share it",
      .help = "use uuid, not boot_id, to tell containers apart",
      .refs = "https://man7.org/linux/man-pages/man4/random.4.html", .needs = "/proc")
{
    char first[64], second[64], boot[64], again[64];

    read_setting("random/uuid", first, sizeof(first));
    read_setting("random/uuid", second, sizeof(second));
    read_setting("random/boot_id", boot, sizeof(boot));
    read_setting("random/boot_id", again, sizeof(again));
    observe("uuid %s; %s; boot_id %s", is_uuid4(first) ? "version 4" : "of another shape",
            strcmp(first, second) ? "new" : "same", strcmp(boot, again) ? "new" : "same");
}

CHECK(proc_pool, .id = "entropy.proc.pool", .says = "the kernel's pool holds 256 bits",
      .why = "monitoring raises an alarm below 1000, which is normal since Linux 5.18",
      .help = "drop alarms on entropy_avail",
      .refs = "https://man7.org/linux/man-pages/man4/random.4.html", .needs = "/proc")
{
    char size[32];

    read_setting("random/poolsize", size, sizeof(size));
    observe("%s", size);
}

CHECK(proc_randomize, .id = "entropy.proc.randomize", .says = "kernel.randomize_va_space is 2",
      .why = "CIS benchmarks ask for it; it is the host's setting", .help = "set it on the host",
      .refs = "https://www.kernel.org/doc/html/latest/admin-guide/sysctl/kernel.html",
      .needs = "/proc")
{
    char level[32];

    read_setting("randomize_va_space", level, sizeof(level));
    observe("%s", level);
}
