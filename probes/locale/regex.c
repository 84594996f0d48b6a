/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions and file name patterns beyond POSIX. */
#include "probe.h"
#include "utf8.h"
#include <fnmatch.h>
#include <glob.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

/* "0-2", "no", or the symbol of what regcomp said. */
static const char *match(const char *pattern, int flags, const char *text)
{
    static char texts[8][24];
    static unsigned next;
    static const char *const errors[] = {
        [REG_ECOLLATE] = "ECOLLATE", [REG_ECTYPE] = "ECTYPE", [REG_EBRACE] = "EBRACE",
        [REG_BADBR] = "BADBR",       [REG_BADPAT] = "BADPAT", [REG_ESUBREG] = "ESUBREG",
        [REG_BADRPT] = "BADRPT",     [REG_ESPACE] = "ESPACE"};
    char *result = texts[next++ % 8];
    regex_t compiled;
    regmatch_t whole;
    int error = regcomp(&compiled, pattern, flags);

    if (error) {
        bool known = error > 0 && error < (int)(sizeof(errors) / sizeof(errors[0]));
        return known && errors[error] ? errors[error] : "another error";
    }
    error = regexec(&compiled, text, 1, &whole, 0);
    snprintf(result, sizeof(texts[0]), "%d-%d", (int)whole.rm_so, (int)whole.rm_eo);
    regfree(&compiled);
    return error ? "no" : result;
}

CHECK(ere_backref, .id = "locale.regex.ere-backref",
      .says = "(a)\\1 refers back, in extended expressions as in basic ones",
      .why = "musl's extended expressions take \\1 for the digit: rules match something else",
      .help = "use a basic expression", .refs = "https://github.com/openSUSE/snapper/issues/526")
{
    const char *extended = match("(a)\\1", REG_EXTENDED, "aa");
    const char *basic = match("\\(a\\)\\1", 0, "aa");

    observe("extended %s; basic %s", extended, basic);
}

CHECK(gnu_escapes, .id = "locale.regex.gnu-esc",
      .says = "\\w, \\s, \\b and \\< work; \\d is the letter d, \\t the letter t",
      .why = "scripts with \\d or \\t work with musl only, silently match nothing with glibc",
      .help = "write [0-9] and a real tab",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html")
{
    const char *word = match("\\w+", REG_EXTENDED, "a_1-");
    const char *space = match("\\s", REG_EXTENDED, "a b");
    const char *edge = match("\\bb", REG_EXTENDED, "a b");
    const char *begin = match("\\<b", REG_EXTENDED, "a b");
    const char *digit = match("\\d", REG_EXTENDED, "d1");
    const char *tab = match("\\t", REG_EXTENDED, "t\t");

    observe("w %s; s %s; b %s; < %s; d %s; t %s", word, space, edge, begin, digit, tab);
}

CHECK(bounds, .id = "locale.regex.bounds", .says = "a{,2} and a{256} are allowed",
      .why = "musl refuses both: configurations that worked stop at their first expression",
      .help = "write a{0,2}; split repetitions above 255",
      .refs = "https://github.com/Secure-Compliance-Solutions-LLC/GVM-Docker/issues/288")
{
    const char *from_zero = match("^a{,2}$", REG_EXTENDED, "aa");
    const char *many = match("a{256}", REG_EXTENDED, "a");
    const char *open = match("a{1", REG_EXTENDED, "a");

    observe("a{,2} %s; a{256} %s; a{1 %s", from_zero, many, open);
}

CHECK(classes, .id = "locale.regex.classes", .says = "[[=a=]] is understood",
      .why = "musl refuses equivalence classes", .help = "list the letters",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html")
{
    const char *equal = match("[[=a=]]", REG_EXTENDED, "a");
    const char *alpha = match("[[:alpha:]]", REG_EXTENDED, "1a");

    observe("[[=a=]] %s; [[:alpha:]] %s", equal, alpha);
}

CHECK(invalid_bytes, .id = "locale.regex.invalid-utf8",
      .says = "a pattern that is no UTF-8 is taken, a dot does not match such a byte",
      .why = "file names of another encoding; musl refuses the pattern",
      .help = "match bytes in the C locale",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/regex/regcomp.c", .needs = "c-utf8")
{
    const char *pattern, *text;

    utf8_set();
    pattern = match("\xff", 0, "\xff");
    text = match(".", 0, "\xff");
    observe("pattern %s; dot %s", pattern, text);
}

CHECK(posix_rules, .id = "locale.regex.posix",
      .says = "the longest match from the left wins, newlines are respected with REG_NEWLINE",
      .why = "the part of the language that holds everywhere",
      .help = "report it: this is a defect of the libc",
      .refs = "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap09.html")
{
    const char *longest = match("(a|ab)(c|bcd)(d*)", REG_EXTENDED, "abcd");
    const char *pipe = match("x\\|b\\+", 0, "abb");
    const char *dot = match("a.b", REG_NEWLINE, "a\nb");
    const char *negated = match("[^x]", REG_NEWLINE, "\n");

    observe("%s; %s; %s; %s", longest, pipe, dot, negated);
}

CHECK(fnmatch_extended, .id = "locale.fnmatch.extended",
      .says = "fnmatch knows @(a|b) with FNM_EXTMATCH and [[=a=]]",
      .why = "exclude patterns of tar and shells; musl lacks the flag",
      .help = "use plain patterns", .refs = "https://man7.org/linux/man-pages/man3/fnmatch.3.html")
{
#ifdef FNM_EXTMATCH
    const char *extended = fnmatch("@(a|b)", "b", FNM_EXTMATCH) == 0 ? "yes" : "no";
#else
    const char *extended = "no such flag";
#endif
    observe("@(a|b) %s; [[=a=]] %s; backslash %s", extended,
            fnmatch("[[=a=]]", "a", 0) == 0 ? "yes" : "no",
            fnmatch("\\", "\\", 0) == 0 ? "yes" : "no");
}

typedef int glob_function(const char *pattern, int flags, int (*failed)(const char *, int),
                          glob_t *ret_found);

/* glibc 2.27 gave glob a new version, which an old image lacks. The compiler knows the answer also
 * without optimisation, so that the way not taken leaves no symbol behind. */
static int paths_matching(const char *pattern, int flags)
{
    glob_function *match = NULL;
    glob_t found = {0};
    int count;

    if (PROBE_FLAVOR[0] == 'g' && PROBE_FLAVOR[6] == 'd')
        match = (glob_function *)optional_symbol("glob");
    else
        match = glob;
    if (!match)
        broken("no glob in this libc");
    count = match(pattern, flags, NULL, &found) == 0 ? (int)found.gl_pathc : 0;
    globfree(&found);
    return count;
}

CHECK(glob_braces, .id = "locale.glob.braces",
      .says = "glob knows GLOB_BRACE, and gives . and .. for .*",
      .why = "programs that use it do not build with musl", .help = "expand braces before",
      .refs = "https://github.com/docker-library/php/issues/719 "
              "https://github.com/alpinelinux/docker-alpine/issues/285")
{
    write_file("a", "", 0644);
    write_file("b", "", 0644);
#ifdef GLOB_BRACE
    observe("braces %d; hidden %d", paths_matching("{a,b}", GLOB_BRACE), paths_matching(".*", 0));
#else
    observe("braces no such flag; hidden %d", paths_matching(".*", 0));
#endif
}
