/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/options.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Decimal digits up to `last`, then one of the characters of `ends` (NUL is always one). */
static bool parse_number(const char **text, unsigned long last, const char *ends,
                         unsigned long *ret)
{
    const char *s = *text;
    unsigned long value = 0;
    if (*s < '0' || *s > '9')
        return false;
    for (; *s >= '0' && *s <= '9'; s++) {
        value = value * 10 + (unsigned long)(*s - '0');
        if (value > last)
            return false;
    }
    if (*s != '\0' && !strchr(ends, *s))
        return false;
    *text = s;
    *ret = value;
    return true;
}

static bool parse_identity(struct options *o, const char *text, struct error *e)
{
    const unsigned long last = UINT32_MAX - 1; /* (uid_t)-1 means "no change" to the kernel */
    struct identity *i = &o->identity;
    const char *s = text;
    unsigned long uid, gid, group;
    if (!parse_number(&s, last, ":", &uid) || *s++ != ':' || !parse_number(&s, last, ":", &gid))
        return error_set(e, ERROR_USAGE, "--user %s: expected UID:GID[:GID...] in numbers", text);
    *i = (struct identity){.uid = (uid_t)uid, .gid = (gid_t)gid};
    while (*s++ == ':') {
        if (i->group_count == IDENTITY_GROUPS_MAX)
            return error_set(e, ERROR_USAGE, "--user %s: more than %d groups", text,
                             IDENTITY_GROUPS_MAX);
        if (!parse_number(&s, last, ":", &group))
            return error_set(e, ERROR_USAGE, "--user %s: a group is no number", text);
        i->groups[i->group_count++] = (gid_t)group;
    }
    return true;
}

static bool clean_path(const char *path)
{
    if (path[0] != '/' || strlen(path) > 1024)
        return false;
    size_t names = 0;
    for (const char *s = path; *s;) {
        s += strspn(s, "/");
        size_t n = strcspn(s, "/");
        if ((n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.') || n > 255)
            return false;
        names += n > 0;
        s += n;
    }
    return names > 0;
}

static bool parse_bind(struct options *o, const char *text, struct error *e)
{
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || !clean_path(colon + 1))
        return error_set(
            e, ERROR_USAGE,
            "--bind %s: expected SOURCE:TARGET with an absolute target without . or ..", text);
    if (o->bind_count == BINDS_MAX)
        return error_set(e, ERROR_USAGE, "--bind %s: more than %d binds", text, BINDS_MAX);
    struct bind *b = &o->binds[o->bind_count++];
    b->target = must_strdup(colon + 1);
    b->source = must_strdup(text);
    b->source[colon - text] = '\0';
    return true;
}

static bool parse_elf(struct options *o, const char *text, struct error *e)
{
    const char *s = text;
    unsigned long bits, machine;
    bool fine = parse_number(&s, 64, ":", &bits) && *s++ == ':' && (bits == 32 || bits == 64);
    if (fine) {
        o->elf.big_endian = strncmp(s, "big:", 4) == 0;
        fine = o->elf.big_endian || strncmp(s, "little:", 7) == 0;
    }
    if (fine) {
        s = strchr(s, ':') + 1;
        fine = parse_number(&s, UINT16_MAX, "", &machine) && machine > 0;
    }
    if (!fine)
        return error_set(e, ERROR_USAGE,
                         "--elf %s: expected BITS:DATA:MACHINE, as in 64:little:183", text);
    o->elf.bits = (int)bits;
    o->elf.machine = (unsigned)machine;
    return true;
}

static bool parse_hostname(struct options *o, const char *text, struct error *e)
{
    size_t n = strlen(text);
    if (n == 0 || n > 64 ||
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "0123456789-.") != n)
        return error_set(e, ERROR_USAGE,
                         "--hostname %s: expected 1 to 64 letters, digits, dots and hyphens", text);
    o->hostname = text;
    return true;
}

/* The index of text in names; the enums begin with "auto", which --root-mode only implies. */
static bool parse_choice(const char *option, const char *text, const char *const names[], int *ret,
                         struct error *e)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0) {
            *ret = i;
            return true;
        }
    return error_set(e, ERROR_USAGE, "%s %s: no such choice", option, text);
}

static bool parse_root_mode(struct options *o, const char *text, struct error *e)
{
    static const char *const names[] = {"auto", "overlay", "synthetic", NULL};
    int choice = 0;
    if (!parse_choice("--root-mode", text, names, &choice, e))
        return false;
    o->root_mode = (enum root_mode)choice;
    return true;
}

static bool parse_emulation(struct options *o, const char *text, struct error *e)
{
    static const char *const names[] = {"auto", "private", "host", "prefix", NULL};
    int choice = 0;
    if (!parse_choice("--emulation", text, names, &choice, e))
        return false;
    o->emulation = (enum emulation)choice;
    return true;
}

static bool parse_root(struct options *o, const char *text, struct error *e)
{
    (void)e;
    o->root = text;
    return true;
}

static bool parse_emulator(struct options *o, const char *text, struct error *e)
{
    (void)e;
    o->emulator = text;
    return true;
}

static const struct {
    const char *name;
    bool (*parse)(struct options *o, const char *text, struct error *e);
} option_table[] = {
    {"--root", parse_root},           {"--bind", parse_bind},
    {"--emulator", parse_emulator},   {"--elf", parse_elf},
    {"--user", parse_identity},       {"--hostname", parse_hostname},
    {"--root-mode", parse_root_mode}, {"--emulation", parse_emulation},
};

/* Takes "--name=value", or "--name" and the word after it; advances i past what was taken. */
static bool parse_option(struct options *o, int argc, char *const argv[], int *i, struct error *e)
{
    const char *word = argv[(*i)++], *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    for (size_t k = 0; k < sizeof option_table / sizeof *option_table; k++) {
        if (strlen(option_table[k].name) != n || strncmp(option_table[k].name, word, n) != 0)
            continue;
        const char *value = equals ? equals + 1 : *i < argc ? argv[(*i)++] : NULL;
        if (!value)
            return error_set(e, ERROR_USAGE, "%s: its value is missing", word);
        return option_table[k].parse(o, value, e);
    }
    return error_set(e, ERROR_USAGE, "%s: no such option", word);
}

bool options_parse(struct options *o, int argc, char *const argv[], struct error *e)
{
    *o = (struct options){.hostname = "plimsoll"};
    for (int i = 1; i < argc;)
        if (!parse_option(o, argc, argv, &i, e))
            return false;
    if (!o->root)
        return error_set(e, ERROR_USAGE, "--root is missing: which root file system?");
    if (!o->emulator != !o->elf.bits)
        return error_set(e, ERROR_USAGE, "--emulator and --elf go together");
    return true;
}

void options_done(struct options *o)
{
    for (size_t i = 0; i < o->bind_count; i++) {
        free(o->binds[i].source);
        free(o->binds[i].target);
    }
    o->bind_count = 0;
}
