/* SPDX-License-Identifier: Apache-2.0 */
/* Users looked up by number. */
#include "probe.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>

enum { UNKNOWN = 54321 };

/* The name; "none" is no such user, as POSIX has it: no error. */
static const char *name_of(uid_t uid, char text[64])
{
    errno = 0;
    const struct passwd *p = getpwuid(uid);
    int error = errno;
    snprintf(text, 64, "%s", p ? p->pw_name : error ? errno_name(error) : "none");
    return text;
}

CHECK(exec_passwd_lookup, .id = "exec.passwd-lookup",
      .says = "user 0 is root, and an unknown user is none without being an error",
      .why = "images without /etc/passwd make programs fail that ask for their own user's name or "
             "home (ssh, git, JVM, Python's getpass)",
      .help = "put an /etc/passwd into the image, with a line for the user it runs as",
      .refs = "https://man7.org/linux/man-pages/man3/getpwnam.3.html", .needs = "/etc/passwd",
      .nsswitch = "passwd: files\n")
{
    char root[64], unknown[64];
    observe("0: %s, unknown: %s", name_of(0, root), name_of(UNKNOWN, unknown));
}

CHECK(exec_nss_unknown_passwd, .id = "exec.nss-unknown-passwd",
      .says = "with only an unknown source in nsswitch.conf's passwd line there are no users",
      .why = "a slim image that keeps \"passwd: files systemd\" without libnss_systemd, or names "
             "only sss, loses users with glibc; musl never reads the file",
      .help = "keep \"files\" first in the passwd and group lines",
      .refs = "https://man7.org/linux/man-pages/man5/nsswitch.conf.5.html", .needs = "/etc/passwd",
      .nsswitch = "passwd: nosuchmod\n")
{
    char root[64];
    observe("0: %s", name_of(0, root));
}
