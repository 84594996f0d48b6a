/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of a root with hostile files: every fact has one short value that can be shown. An input is
 * several files, each ended by NUL: a letter that tells which, "f" or "l" (a link that leads to the
 * text), and its content. */
#include "harness/facts.h"
#include "harness/fuzz_root.h"

enum { FILES_MAX = 16, VALUE_MAX = 1000 };

static const char *const paths[] = {
    "etc/passwd",
    "etc/group",
    "etc/shadow",
    "etc/nsswitch.conf",
    "etc/hosts",
    "etc/services",
    "etc/protocols",
    "etc/resolv.conf",
    "etc/gai.conf",
    "etc/machine-id",
    "etc/localtime",
    "etc/timezone",
    "etc/os-release",
    "usr/lib/os-release",
    "etc/ld.so.preload",
    "bin/sh",
    "lib64/ld-linux-x86-64.so.2",
    "lib/x86_64-linux-gnu/libc.so.6",
    "lib/ld-musl-x86_64.so.1",
    "usr/share/zoneinfo/tzdata.zi",
    "usr/share/zoneinfo/Etc/UTC",
    "usr/lib/locale/locale-archive",
    "etc/ssl/cert.pem",
    "var/lib/dpkg/status",
    "usr/lib/x86_64-linux-gnu/gconv/gconv-modules",
};
enum { PATH_COUNT = sizeof paths / sizeof *paths };

static void make_directories(const char *root)
{
    struct error e = ERROR_INIT;
    for (size_t i = 0; i < PATH_COUNT; i++) {
        CLEANUP_FREE char *parent =
            must_printf("%s/%.*s", root, (int)(strrchr(paths[i], '/') - paths[i]), paths[i]);
        FUZZ_CHECK(file_make_dirs(parent, &e));
    }
}

static void add_file(const char *path, bool link, const char *content, size_t size)
{
    unlink(path);
    if (link) {
        CLEANUP_FREE char *target = fuzz_text((const uint8_t *)content, size);
        if (symlink(target, path) < 0)
            return; /* empty, or too long */
    } else {
        CLEANUP_CLOSE int fd =
            open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        FUZZ_CHECK(fd >= 0 && write(fd, content, size) == (ssize_t)size);
    }
}

static void add_files(const char *root, const uint8_t *data, size_t size)
{
    for (int i = 0; i < FILES_MAX && size >= 2; i++) {
        const uint8_t *end = memchr(data, '\0', size);
        size_t length = end ? (size_t)(end - data) : size;
        if (length >= 2) {
            CLEANUP_FREE char *path = must_printf("%s/%s", root, paths[data[0] % PATH_COUNT]);
            add_file(path, data[1] == 'l', (const char *)data + 2, length - 2);
        }
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
}

static void check_facts(const struct image *image, bool input_has_it)
{
    FUZZ_CHECK(!image->os_name || fuzz_is_printable(image->os_name));
    for (size_t i = 0; i < image->fact_count; i++) {
        const char *value = image->facts[i].value;
        FUZZ_CHECK(*value && strlen(value) <= VALUE_MAX && fuzz_is_printable(value));
        FUZZ_CHECK(!strstr(value, "canary") || input_has_it);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = ERROR_INIT;
    struct pool *pool = pool_new();
    close(fuzz_root_begin());
    CLEANUP_FREE char *root = must_printf("%s/root", fuzz_jail.path);
    struct image image = {.root = root, .platform = platform_by_name("linux/amd64"), .user = "app"};
    make_directories(root);
    add_files(root, data, size);
    FUZZ_CHECK(facts_read(pool, &image, &e));
    check_facts(&image, memmem(data, size, "canary", 6));
    free(image.facts);
    pool_free(pool);
    fuzz_root_end();
    return 0;
}
