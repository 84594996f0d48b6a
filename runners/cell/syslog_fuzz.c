/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile probe writes to a stream /dev/log, in two parts: the records are what lies between
 * its NULs, byte for byte, and nothing is left open. */
#include "harness/base/fuzz.h"
#include "runners/cell/syslog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 32 * 1024 }; /* fits into a socket's buffer, and is no longer than a record may be */

static uv_loop_t loop;
static char *path;
static int folder, cwd;

static void remove_folder(void)
{
    rmdir(path);
    free(path);
}

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");
    path = must_printf("%s/plimsoll-fuzz-XXXXXX", base && *base ? base : "/dev/shm");
    FUZZ_CHECK(mkdtemp(path) && atexit(remove_folder) == 0);
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cwd = open(".", O_PATH | O_CLOEXEC);
    FUZZ_CHECK(folder >= 0 && cwd >= 0);
}

/* Binding moves to "/", where libFuzzer would not find its files. */
static struct syslog_sink *open_sink(void (*arrived)(void *data))
{
    struct error e = ERROR_INIT;
    struct syslog_sink *s = syslog_open(&loop, SYSLOG_STREAM, folder, arrived, NULL, &e);
    FUZZ_CHECK(s && fchdir(cwd) == 0);
    return s;
}

static void arrived(void *data)
{
    (void)data;
}

static int connected(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "/proc/self/fd/%d/log", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    FUZZ_CHECK(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static void write_all(int fd, const uint8_t *data, size_t size)
{
    size_t first = size > 0 && data[0] < size ? data[0] : size;
    FUZZ_CHECK(write(fd, data, first) == (ssize_t)first);
    uv_run(&loop, UV_RUN_NOWAIT);
    FUZZ_CHECK(write(fd, data + first, size - first) == (ssize_t)(size - first));
    close(fd);
}

/* The next record is this one. */
static void expect(struct syslog_sink *s, const uint8_t *data, size_t size)
{
    size_t length = 0;
    CLEANUP_FREE char *record = syslog_take(s, &length);
    for (int i = 0; !record && i < 4; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        record = syslog_take(s, &length);
    }
    FUZZ_CHECK(record && length == size && memcmp(record, data, size) == 0);
}

static void expect_all(struct syslog_sink *s, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const uint8_t *end = memchr(data, '\0', size);
        size_t length = end ? (size_t)(end - data) : size;
        expect(s, data, length);
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
    uv_run(&loop, UV_RUN_NOWAIT);
    size_t length;
    FUZZ_CHECK(!syslog_take(s, &length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!path)
        make_folder();
    if (size > MOST)
        return -1;
    FUZZ_CHECK(uv_loop_init(&loop) == 0);
    struct syslog_sink *s = open_sink(arrived);
    write_all(connected(), data, size);
    expect_all(s, data, size);
    syslog_close(s);
    FUZZ_CHECK(uv_run(&loop, UV_RUN_DEFAULT) == 0 && uv_loop_close(&loop) == 0);
    unlinkat(folder, "log", 0);
    return 0;
}
