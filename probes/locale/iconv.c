/* SPDX-License-Identifier: Apache-2.0 */
/* iconv: which character sets there are, and what happens to characters that do not fit.
 *
 * Static glibc loads the image's gconv modules and dies where they are of another version: there
 * the conversions are done in a child, and what came before the crash is still seen. */
#include "probe.h"
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct conversion {
    const char *name; /* what to call it; "" for nothing */
    const char *from, *to, *text;
};

/* Adds "e282ac", "1 2a" where the result is not 0, "EILSEQ 61" after an error, or "no". */
static void add_conversion(char *line, size_t size, const struct conversion *c)
{
    char input[64], output[64];
    char *in = input, *to = output;
    size_t left = strlen(c->text), room = sizeof(output), used = strlen(line), result;
    iconv_t state = iconv_open(c->to, c->from);

    if (state == (iconv_t)-1) {
        snprintf(line + used, size - used, "no");
        return;
    }
    memcpy(input, c->text, left);
    result = iconv(state, &in, &left, &to, &room);
    if (result == (size_t)-1)
        snprintf(line + used, size - used, "%s%s", errno_name(errno), to > output ? " " : "");
    else if (result > 0)
        snprintf(line + used, size - used, "%d ", (int)result);
    for (const char *p = output; p < to; p++) {
        used = strlen(line);
        snprintf(line + used, size - used, "%02x", (unsigned char)*p);
    }
    iconv_close(state);
}

/* All conversions up to the one without a name, each written as soon as it is done. */
static void convert(int out, void *conversions)
{
    const struct conversion *first = conversions;

    for (const struct conversion *c = first; c->name; c++) {
        char line[160] = "";

        snprintf(line, sizeof(line), "%s%s%s", c > first ? "; " : "", c->name, *c->name ? " " : "");
        if (write(out, line, strlen(line)) < 0)
            _exit(1);
        line[0] = '\0';
        add_conversion(line, sizeof(line), c);
        if (write(out, line, strlen(line)) < 0)
            _exit(1);
    }
}

/* Without the child, which costs much under an emulator. */
static void convert_here(struct conversion *conversions, char *text, size_t size)
{
    text[0] = '\0';
    for (const struct conversion *c = conversions; c->name; c++) {
        size_t used = strlen(text);

        snprintf(text + used, size - used, "%s%s%s", used ? "; " : "", c->name,
                 *c->name ? " " : "");
        add_conversion(text, size, c);
    }
}

/* Which signal ends it depends on the CPU and the pair of versions, so it is not said. */
static const char *convert_all(struct conversion *conversions)
{
    static char text[512];
    const char *end;

    if (strcmp(PROBE_FLAVOR, "glibc-static") != 0) {
        convert_here(conversions, text, sizeof(text));
        return text;
    }
    end = in_child(convert, conversions, text, sizeof(text) - 16);
    if (strcmp(end, "exit 0") != 0)
        strcat(text, strcmp(end, "timeout") ? "crash" : end);
    return text;
}

#define CONVERT(...) convert_all((struct conversion[]){__VA_ARGS__, {NULL, NULL, NULL, NULL}})

#define GCONV_HELP \
    "install the gconv modules (libc-bin or libc6 on Debian, glibc-gconv-extra on Fedora); a " \
    "static glibc program needs those of its own version"

CHECK(iconv_builtin, .id = "locale.iconv.builtin",
      .says = "UTF-8, ASCII and UCS-4BE are converted in every image",
      .why = "they need no gconv module", .help = "report it: this is a defect of the libc",
      .refs = "https://www.gnu.org/software/libc/manual/html_node/glibc-iconv-Implementation.html")
{
    observe("%s", CONVERT({"", "UTF-8", "UCS-4BE", "\xc3\xa9"}, {"", "ASCII", "UTF-8", "a"}));
}

CHECK(iconv_basic, .id = "locale.iconv.basic",
      .says = "Latin-1, Windows, Cyrillic and Japanese texts can be read",
      .why = "mail, libxml2, PHP and databases convert through the libc", .help = GCONV_HELP,
      .refs = "https://fedoraproject.org/wiki/Changes/Gconv_package_split_in_glibc "
              "https://github.com/srcML/srcML/issues/2369",
      .needs = "gconv")
{
    observe("%s", CONVERT({"", "ISO-8859-1", "UTF-8", "\xe9"}, {"", "CP1252", "UTF-8", "\x80"},
                          {"", "KOI8-R", "UTF-8", "\xc1"}, {"", "SHIFT_JIS", "UTF-8", "\x82\xa0"}));
}

CHECK(iconv_unmappable, .id = "locale.iconv.unmappable",
      .says = "a character that the target lacks is EILSEQ",
      .why = "musl writes * and goes on: data is lost silently",
      .help = "look at the result of iconv: it counts the characters that were replaced",
      .refs = "https://wiki.musl-libc.org/functional-differences-from-glibc.html", .needs = "gconv")
{
    observe("%s", CONVERT({"ASCII", "UTF-8", "ASCII", "\xc3\xa9z"},
                          {"Latin-1", "UTF-8", "ISO-8859-1", "\xe2\x82\xacz"}));
}

CHECK(iconv_translit, .id = "locale.iconv.translit",
      .says = "//TRANSLIT writes EUR for the euro sign and ? for what has no likeness",
      .why = "slugs and legacy exports; musl does not know the suffix and refuses",
      .help = "transliterate in the program",
      .refs = "https://github.com/docker-library/php/issues/240 "
              "https://github.com/crystal-lang/crystal/issues/3974",
      .needs = "gconv")
{
    observe("%s", CONVERT({"", "UTF-8", "ASCII//TRANSLIT", "\xc3\xa9"},
                          {"", "UTF-8", "ASCII//TRANSLIT", "\xe2\x82\xac"}));
}

CHECK(iconv_ignore, .id = "locale.iconv.ignore",
      .says = "//IGNORE leaves out what is wrong and still says EILSEQ",
      .why = "PHP takes the error for a refusal; musl does not know the suffix",
      .help = "clean the text before", .refs = "https://github.com/docker-library/php/issues/1495")
{
    observe("%s", CONVERT({"", "UTF-8", "UTF-8//IGNORE", "a\xffz"}));
}

CHECK(iconv_bom, .id = "locale.iconv.bom",
      .says = "UTF-16 and UTF-32 start with a byte order mark, in the CPU's order",
      .why = "musl writes big endian without a mark: files are read as rubbish",
      .help = "name the order: UTF-16LE",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/locale/iconv.c", .needs = "gconv")
{
    observe("%s", CONVERT({"", "UTF-8", "UTF-16", "A"}, {"", "UTF-8", "UTF-32", "A"}));
}

CHECK(iconv_order, .id = "locale.iconv.utf16le", .says = "UTF-16LE is the same on every CPU",
      .why = "the portable way to write UTF-16", .help = GCONV_HELP,
      .refs = "https://www.rfc-editor.org/rfc/rfc2781", .needs = "gconv")
{
    observe("%s", CONVERT({"", "UTF-8", "UTF-16LE", "A\xe2\x82\xac"}));
}

CHECK(iconv_to_cjk, .id = "locale.iconv.to-cjk",
      .says = "texts can be written in GBK, Big5, EUC-KR and Shift_JIS",
      .why = "musl writes Shift_JIS only: exports fail", .help = "use libiconv with musl",
      .refs = "https://github.com/codecasts/php-alpine/issues/39", .needs = "gconv")
{
    observe("%s",
            CONVERT({"", "UTF-8", "GBK", "\xe4\xb8\xad"}, {"", "UTF-8", "BIG5", "\xe4\xb8\xad"},
                    {"", "UTF-8", "EUC-KR", "\xea\xb0\x80"},
                    {"", "UTF-8", "SHIFT_JIS", "\xe3\x81\x82"}));
}

CHECK(iconv_names, .id = "locale.iconv.names",
      .says = "character sets have to be spelled right; IBM850 and UTF-7 are there",
      .why = "musl takes U-T-F-8 and lacks the IBM sets and UTF-7", .help = "use the IANA names",
      .refs = "https://www.iana.org/assignments/character-sets/character-sets.xhtml",
      .needs = "gconv")
{
    observe("%s", CONVERT({"U-T-F-8", "ASCII", "U-T-F-8", "a"},
                          {"IBM850", "IBM850", "UTF-8", "\x82"}, {"UTF-7", "UTF-7", "UTF-8", "a"}));
}

CHECK(iconv_sjis_backslash, .id = "locale.iconv.sjis-5c",
      .says = "byte 5c of Shift_JIS is the yen sign",
      .why = "musl and Windows read a backslash: paths and escapes change",
      .help = "use CP932 for texts from Windows",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/locale/iconv.c", .needs = "gconv")
{
    observe("%s", CONVERT({"", "SHIFT_JIS", "UTF-8", "\\"}));
}
