/* SPDX-License-Identifier: Apache-2.0 */
/* Users, and what the image is run as. */
#include "harness/fact.h"

#include <string.h>

/* Whether a line of passwd, group or shadow begins with "NAME:". */
static bool has_entry(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = text; *line != '\0';) {
        if (strncmp(line, name, n) == 0 && line[n] == ':')
            return true;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return false;
}

static void read_names(const struct fact_scan *s, const char *path, const char *root,
                       const char *other, struct text *ret)
{
    if (!fact_is_file(s, path, ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, path);
    if (!text || *text == '\0') {
        text_add(ret, "empty");
        return;
    }
    text_add(ret, has_entry(text, root) ? "" : "no ");
    text_add(ret, root);
    if (has_entry(text, other))
        text_printf(ret, ", %s", other);
}

static void read_passwd(const struct fact_scan *s, struct text *ret)
{
    read_names(s, "etc/passwd", "root", "nobody", ret);
}

static void read_group(const struct fact_scan *s, struct text *ret)
{
    CLEANUP_FREE char *text = fact_file(s, "etc/group");
    bool nogroup = text && has_entry(text, "nogroup");
    read_names(s, "etc/group", "root", nogroup ? "nogroup" : "nobody", ret);
}

/* "USER:HASH:...": no hash at all lets everyone in. */
static void read_root_password(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/shadow", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/shadow");
    const char *line = text && strncmp(text, "root:", 5) != 0 ? strstr(text, "\nroot:") : text;
    if (!text) {
        text_add(ret, "unreadable");
        return;
    }
    if (!line || *line == '\0') {
        text_add(ret, "no root");
        return;
    }
    const char *hash = strchr(line, ':') + 1;
    text_add(ret, *hash == ':' || *hash == '\n' || *hash == '\0' ? "empty"
                  : strchr("!*", *hash)                          ? "locked"
                                                                 : "set");
}

static void read_user(const struct fact_scan *s, struct text *ret)
{
    const char *user = s->image->user ? s->image->user : "";
    size_t n = strcspn(user, ":");
    if (n == 0 || (n == 4 && strncmp(user, "root", n) == 0) || strspn(user, "0") == n) {
        text_add(ret, "root");
        return;
    }
    if (strspn(user, "0123456789") == n) {
        text_add(ret, "uid");
        return;
    }
    CLEANUP_FREE char *passwd = fact_file(s, "etc/passwd");
    CLEANUP_FREE char *name = must_printf("%.*s", (int)n, user);
    text_add(ret, passwd && has_entry(passwd, name) ? "name" : "unknown name");
}

static void read_path(const struct fact_scan *s, struct text *ret)
{
    static const char standard[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (size_t i = 0; i < s->image->environment_count; i++) {
        const char *value = s->image->environment[i];
        if (strncmp(value, "PATH=", 5) != 0)
            continue;
        if (strcmp(value + 5, standard) == 0)
            text_add(ret, "standard");
        else
            fact_add(ret, value + 5, strlen(value + 5));
        return;
    }
    text_add(ret, "unset");
}

static void read_locale_environment(const struct fact_scan *s, struct text *ret)
{
    static const char *const names[] = {"LC_ALL=", "LC_CTYPE=", "LANG="};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (size_t i = 0; i < s->image->environment_count; i++) {
            const char *value = s->image->environment[i];
            if (strncmp(value, names[k], strlen(names[k])) != 0 || value[strlen(names[k])] == '\0')
                continue;
            fact_add(ret, value, strlen(value));
            return;
        }
    text_add(ret, "unset");
}

const struct fact_reader facts_users[] = {
    {.name = "passwd",
     .says = "root and nobody in /etc/passwd",
     .why =
         "programs that look up their own user (ssh, git, Java, Python's getpass) fail without it",
     .refs = "passwd(5)",
     .read = read_passwd},
    {.name = "group",
     .says = "root and nogroup or nobody in /etc/group",
     .why = "daemons that give up their rights look the group up by name",
     .refs = "group(5)",
     .read = read_group},
    {.name = "root-password",
     .says = "root's password in /etc/shadow",
     .why = "an empty one lets every user of the container become root (CVE-2019-5021)",
     .refs = "shadow(5)",
     .read = read_root_password},
    {.name = "user",
     .says = "whom the image's config runs programs as",
     .why = "a policy against root, or files that only root may read, decide whether it starts",
     .help = "root, uid (a number), name, or a name that /etc/passwd does not hold",
     .refs = "https://github.com/opencontainers/image-spec/blob/main/config.md",
     .read = read_user},
    {.name = "path",
     .says = "PATH in the image's config",
     .why = "without it every libc has another default, and programs are found in other places",
     .read = read_path},
    {.name = "config-locale",
     .says = "the locale that the image's config sets",
     .why = "it decides how every program of the image reads and writes text",
     .refs = "locale(7)",
     .read = read_locale_environment},
    {0},
};
