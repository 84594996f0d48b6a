/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/host.h"
#include "harness/base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

enum { OS_RELEASE_LIMIT = 64 * 1024 };

/* What can change a result, and holds no secret. */
static const char *const allowed[] = {"CI",         "GITHUB_ACTIONS",   "GITHUB_RUN_ID",
                                      "GITHUB_SHA", "GITLAB_CI",        "PLIMSOLL_QEMU",
                                      "QEMU_CPU",   "SOURCE_DATE_EPOCH"};

long long host_now(void)
{
    const char *pinned = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    long long seconds = pinned && *pinned ? strtoll(pinned, &end, 10) : -1;
    return end && *end == '\0' && seconds >= 0 ? seconds : (long long)time(NULL);
}

static const char *format_time(struct pool *pool, long long seconds)
{
    char text[64];
    struct tm tm;
    time_t t = (time_t)seconds;
    if (!gmtime_r(&t, &tm) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return NULL;
    return pool_intern(pool, text);
}

static const char *pretty_name(struct pool *pool)
{
    static const char key[] = "PRETTY_NAME=";
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *text = file_read("/etc/os-release", OS_RELEASE_LIMIT, NULL, &e);
    error_clear(&e);
    const char *at = text ? strstr(text, key) : NULL;
    if (!at)
        return NULL;
    at += strlen(key) + (at[strlen(key)] == '"');
    return pool_intern_n(pool, at, strcspn(at, "\"\n"));
}

void host_describe(struct run *run)
{
    struct utsname u;
    run->started = format_time(run->pool, host_now());
    run->host_os = pretty_name(run->pool);
    if (uname(&u) == 0) {
        run->kernel = pool_intern(run->pool, u.release);
        run->host_arch = pool_intern(run->pool, u.machine);
    }
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        const char *value = getenv(allowed[i]);
        if (value)
            *ARRAY_ADD(&run->environment, &run->environment_count) =
                (struct fact){allowed[i], pool_intern(run->pool, value)};
    }
}
