/* SPDX-License-Identifier: Apache-2.0 */
/* What the libc does with /bin/sh, and without. */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <wordexp.h>

CHECK(exec_system_null, .id = "exec.system-null",
      .says = "system(NULL) tells whether there is a shell",
      .why = "musl always says yes, also in an image without /bin/sh",
      .help = "do not rely on system(NULL); in images without a shell do not call system() at all",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/process/system.c", .needs = "/bin/sh")
{
    need_exec();
    observe("%s", system(NULL) ? "a shell" : "no shell");
}

CHECK(exec_system, .id = "exec.system",
      .says = "system() runs a command and returns its exit status",
      .why = "without /bin/sh glibc reports exit status 127 and musl fails with ENOENT",
      .help = "install a shell, or execute programs directly",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/process/system.c", .needs = "/bin/sh")
{
    need_exec();
    errno = 0;
    int status = system("exit 3");
    int error = errno;
    if (status == -1)
        observe("fails: %s", errno_name(error));
    else
        observe("%s", end_name(status));
}

CHECK(exec_popen, .id = "exec.popen", .says = "popen() reads what a command prints",
      .why = "in an image without /bin/sh it fails before the command starts or after",
      .help = "install a shell, or spawn programs directly",
      .refs = "https://man7.org/linux/man-pages/man3/popen.3.html", .needs = "/bin/sh")
{
    need_exec();
    char line[64] = "nothing";
    errno = 0;
    FILE *f = popen("echo hello; exit 4", "r");
    int error = errno;
    if (!f) {
        observe("fails: %s", errno_name(error));
        return;
    }
    if (fgets(line, sizeof line, f))
        line[strcspn(line, "\n")] = '\0';
    int status = pclose(f);
    observe("%s, %s", line, end_name(status));
}

static const char *wordexp_name(int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {{WRDE_NOSPACE, "WRDE_NOSPACE"}, {WRDE_BADCHAR, "WRDE_BADCHAR"},
                 {WRDE_BADVAL, "WRDE_BADVAL"},   {WRDE_CMDSUB, "WRDE_CMDSUB"},
                 {WRDE_SYNTAX, "WRDE_SYNTAX"},   {WRDE_NOSYS, "WRDE_NOSYS"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code)
            return names[i].name;
    return "another code";
}

CHECK(exec_wordexp, .id = "exec.wordexp", .says = "wordexp() expands variables and quotes",
      .why = "glibc does it itself, musl asks /bin/sh and fails where there is none",
      .help = "do not use wordexp() in images without a shell",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/misc/wordexp.c", .needs = "/bin/sh")
{
    need_exec();
    wordexp_t words = {0};
    setenv("WORDS", "a b", 1);
    int code = wordexp("$WORDS \"$WORDS\" 'x y'", &words, 0);
    if (code)
        observe("%s", wordexp_name(code));
    else
        observe("%zu words, the third [%s]", words.we_wordc,
                words.we_wordc > 2 ? words.we_wordv[2] : "");
}

CHECK(exec_wordexp_bad, .id = "exec.wordexp.bad",
      .says = "wordexp() tells apart a forbidden character, an unset variable and a command",
      .why = "programs that check user input with it depend on the code",
      .help = "treat every result but 0 as a refusal",
      .refs = "https://pubs.opengroup.org/onlinepubs/9699919799/functions/wordexp.html",
      .needs = "/bin/sh")
{
    need_exec();
    wordexp_t words = {0};
    int bad = wordexp("a | b", &words, 0);
    int unset = wordexp("$NOT_SET", &words, WRDE_UNDEF);
    int command = wordexp("$(true)", &words, WRDE_NOCMD);
    observe("%s %s %s", bad ? wordexp_name(bad) : "ok", unset ? wordexp_name(unset) : "ok",
            command ? wordexp_name(command) : "ok");
}
