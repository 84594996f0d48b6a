/* SPDX-License-Identifier: Apache-2.0 */
/* What printf makes of formats that are not quite right. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

/* Result and text of snprintf, which the compiler must not see through. */
#define PRINTED(text, format, ...) \
    __extension__({ \
        const char *volatile format_ = (format); \
        memset((text), 0, sizeof(text)); \
        errno = 0; \
        snprintf((text), sizeof(text), format_, __VA_ARGS__); \
    })

#define DIFFERENCES "https://wiki.musl-libc.org/functional-differences-from-glibc.html"

CHECK(logging_printf_null_string, .id = "logging.printf.null-string",
      .says = "%s of NULL prints (null), and nothing when the precision is too small for it",
      .why = "musl cuts it as any string; neither crashes, other libcs do",
      .help = "do not print NULL", .refs = DIFFERENCES)
{
    char text[64];
    const char *none = OPAQUE((const char *)NULL);
    PRINTED(text, "%s|%.3s|%10s", none, none, none);
    observe("%s", text);
}

CHECK(logging_printf_nullptr, .id = "logging.printf.nullptr", .says = "%p of NULL prints (nil)",
      .why = "logs and tests that compare text", .help = "print addresses as numbers",
      .refs = DIFFERENCES)
{
    char text[64];
    PRINTED(text, "%p", OPAQUE((void *)NULL));
    observe("%s", text);
}

CHECK(logging_printf_bad_spec, .id = "logging.printf.bad-spec",
      .says = "an unknown conversion is printed as it stands",
      .why = "musl fails with EINVAL, and the whole log line is lost",
      .help = "let the compiler check formats (-Wformat)", .refs = DIFFERENCES)
{
    char text[64];
    int result = PRINTED(text, "before %y after %d", 5);
    int error = errno;
    if (result < 0)
        observe("fails: %s", errno_name(error));
    else
        observe("%.10s", text);
}

CHECK(logging_printf_Ld, .id = "logging.printf.Ld", .says = "%Ld is taken as %lld",
      .why = "musl refuses it, and the line is lost", .help = "write %lld", .refs = DIFFERENCES)
{
    char text[64];
    int result = PRINTED(text, "%Ld", 5LL);
    int error = errno;
    if (result < 0)
        observe("fails: %s", errno_name(error));
    else
        observe("%s", text);
}

CHECK(logging_printf_hash_m, .id = "logging.printf.hash-m", .says = "%#m prints the name of errno",
      .why = "it came with glibc 2.35; elsewhere it prints the text", .help = "print the number",
      .refs = "https://sourceware.org/git/?p=glibc.git;a=blob;f=NEWS")
{
    char text[64];
    const char *volatile format = "%#m";
    errno = ENOENT;
    snprintf(text, sizeof text, format);
    observe("%s", text);
}

CHECK(logging_bufsiz, .id = "logging.bufsiz", .says = "BUFSIZ is 8192",
      .why = "buffers sized by it are eight times smaller on musl", .help = "choose a size",
      .refs = DIFFERENCES)
{
    observe("%d", BUFSIZ);
}
