/* SPDX-License-Identifier: Apache-2.0 */
/* Names of temporary files: how much of them can be guessed. */
#include "probe.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES = 24 }; /* 144 letters: seeing none beyond A-P by chance is out of the question */

CHECK(mkstemp_names, .id = "entropy.mkstemp",
      .says = "mkstemp makes files of mode 0600 with names of letters and digits",
      .why = "musl's names have 30 bits made from the clock, not random ones",
      .help = "rely on O_EXCL, never on a name that cannot be guessed",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/temp/__randname.c")
{
    char name[16];
    struct stat st = {0};
    bool wide = false;

    for (int i = 0; i < NAMES; i++) {
        int fd;

        strcpy(name, "t.XXXXXX");
        fd = mkstemp(name);
        if (fd < 0)
            broken("mkstemp: %s", errno_name(errno));
        fstat(fd, &st);
        close(fd);
        unlink(name);
        wide = wide || strspn(name + 2, "ABCDEFGHIJKLMNOPabcdefghijklmnop") < 6;
    }
    observe("%04o; %s", (unsigned)st.st_mode & 07777, wide ? "A-Z a-z 0-9" : "A-P a-p");
}

CHECK(mkstemp_bad, .id = "entropy.mkstemp.bad", .says = "a template without six X is EINVAL",
      .why = "a shorter one would be easy to guess", .help = "end the template with XXXXXX",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/mkstemp.html")
{
    char five[] = "t.XXXXX";
    int fd = mkstemp(five);
    int error = fd < 0 ? errno : 0;

    observe("%s", errno_name(error));
}

CHECK(tmpnam_shape, .id = "entropy.tmpnam", .says = "tmpnam gives /tmp/file and six letters",
      .why = "scripts that clean up by pattern miss musl's names", .help = "use mkstemp",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/tmpnam.html")
{
    char name[L_tmpnam];
    const char *made = tmpnam(name);
    size_t prefix;

    if (!made)
        skip("tmpnam gives no name");
    prefix = strlen(made) - 6;
    observe("%.*s + 6; TMP_MAX %d; L_tmpnam %d", (int)prefix, made, TMP_MAX, L_tmpnam);
}
