/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that the libc brings: errors, signals, translations. */
#include "probe.h"
#include <errno.h>
#include <libintl.h>
#include <nl_types.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

CHECK(strerror_common, .id = "locale.strerror.common",
      .says = "the commonest errors have the same text everywhere",
      .why = "log rules and tests look for them", .help = "report it: this is a defect of the libc",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/errno/__strerror.h")
{
    char first[64];

    snprintf(first, sizeof(first), "%s", strerror(EPERM));
    observe("%s; %s", first, strerror(ENOENT));
}

CHECK(strerror_text, .id = "locale.strerror.text", .says = "errors have glibc's texts",
      .why = "log rules and tests that look for a text miss musl's",
      .help = "log the number or the symbol as well",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/errno/__strerror.h")
{
    static const int errors[] = {0, ENAMETOOLONG, ETIMEDOUT, EADDRINUSE, 4000};
    char line[256] = "";

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        size_t used = strlen(line);
        snprintf(line + used, sizeof(line) - used, "%s%s", i ? "; " : "", strerror(errors[i]));
    }
    observe("%s", line);
}

CHECK(strsignal_text, .id = "locale.strsignal.text", .says = "signals have glibc's texts",
      .why = "supervisors print them, tests look for them", .help = "log the number as well",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/string/strsignal.c")
{
    static const int signals[] = {SIGSEGV, SIGCHLD, 34, 199};
    char line[256] = "";

    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        size_t used = strlen(line);
        snprintf(line + used, sizeof(line) - used, "%s%s", i ? "; " : "", strsignal(signals[i]));
    }
    observe("%s", line);
}

static const char *or_null(const char *text)
{
    return text ? text : "NULL";
}

CHECK(gettext_codeset, .id = "locale.gettext.codeset",
      .says = "bind_textdomain_codeset takes any character set",
      .why = "musl takes UTF-8 only (1.2.5 and before: says nothing); programs check for NULL",
      .help = "use UTF-8 catalogues",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/locale/bind_textdomain_codeset.c")
{
    char latin[32];

    snprintf(latin, sizeof(latin), "%s", or_null(bind_textdomain_codeset("x", "ISO-8859-1")));
    observe("%s; %s", latin, or_null(bind_textdomain_codeset("x", "UTF-8")));
}

CHECK(catopen_missing, .id = "locale.catopen.missing",
      .says = "a message catalogue that does not exist is refused",
      .why = "programs fall back to their built-in texts by it",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/functions/catopen.html")
{
    nl_catd catalogue;
    int error;

    errno = 0;
    catalogue = catopen("no-such-catalogue", 0);
    error = errno;
    observe("%s", catalogue == (nl_catd)-1 ? errno_name(error) : "ok");
}
