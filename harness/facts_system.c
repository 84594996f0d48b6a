/* SPDX-License-Identifier: Apache-2.0 */
/* The image as a system: shell, distribution, packages, identity. */
#include "harness/fact.h"

#include <string.h>

enum { PROGRAM_HEAD = 4 * 1024 * 1024 };

static bool contains(const char *program, size_t size, const char *mark)
{
    return program && memmem(program, size, mark, strlen(mark)) != NULL;
}

/* Why the kernel or the loader will not start a program that is there; NULL when neither shows a
 * reason. Which libc.so.6 another loader than glibc's own would take is not known. */
static const char *start_failure(const struct fact_scan *s, const char *program, size_t size)
{
    CLEANUP_FREE char *loader = elf_interpreter(program, size);
    if (!loader || *loader != '/')
        return NULL;
    enum tree_kind kind = tree_kind(s->root, loader, NULL);
    if (kind == TREE_ABSENT || kind == TREE_DANGLING)
        return "no-loader";
    bool lacks = s->libc.glibc_loader && !s->libc.glibc_library;
    return lacks && strcmp(loader, s->image->platform->glibc_loader) == 0 ? "no-library" : NULL;
}

/* The name of the file behind /bin/sh says which shell it is; one that is a file of its own is
 * looked into. */
static void read_shell(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "bin/sh", ret))
        return;
    size_t size = 0;
    CLEANUP_FREE char *program = tree_read(s->root, "bin/sh", PROGRAM_HEAD, &size);
    CLEANUP_FREE char *target = tree_resolve(s->root, "bin/sh");
    const char *slash = target ? strrchr(target, '/') : NULL;
    const char *name = slash ? slash + 1 : "sh";
    const char *failure = program ? start_failure(s, program, size) : NULL;
    if (failure)
        text_add(ret, failure);
    else if (strncmp(name, "busybox", 7) == 0 || contains(program, size, "BusyBox v"))
        text_add(ret, "busybox");
    else if (strcmp(name, "sh") == 0 && contains(program, size, "@(#)Bash version"))
        text_add(ret, "bash");
    else
        fact_add(ret, name, strlen(name));
}

static void read_machine_id(const struct fact_scan *s, struct text *ret)
{
    if (!fact_is_file(s, "etc/machine-id", ret))
        return;
    CLEANUP_FREE char *text = fact_file(s, "etc/machine-id");
    const char *cursor = text ? text : "", *line;
    size_t length;
    if (!fact_line(&cursor, &line, &length))
        text_add(ret, "empty");
    else
        text_add(ret, fact_first_word(line, length, "uninitialized") ? "uninitialized" : "baked");
}

static void read_package_manager(const struct fact_scan *s, struct text *ret)
{
    static const struct {
        const char *path, *name;
    } marks[] = {
        {"var/lib/dpkg/status", "dpkg"},
        {"var/lib/dpkg/status.d", "dpkg"},
        {"lib/apk/db/installed", "apk"},
        {"usr/lib/apk/db/installed", "apk"},
        {"var/lib/rpm", "rpm"},
        {"usr/lib/sysimage/rpm", "rpm"},
        {"var/lib/pacman/local", "pacman"},
        {"var/db/xbps", "xbps"},
        {"nix/var/nix/db/db.sqlite", "nix"},
        {"usr/lib/opkg/status", "opkg"},
        {"var/db/pkg", "portage"},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        enum tree_kind kind = tree_kind(s->root, marks[i].path, NULL);
        if (kind == TREE_FILE || kind == TREE_DIRECTORY) {
            text_add(ret, marks[i].name);
            return;
        }
    }
    text_add(ret, "none");
}

static void read_os_release(const struct fact_scan *s, struct text *ret)
{
    const struct image *image = s->image;
    if (!image->os_id && !image->os_version) {
        if (fact_is_file(s, "etc/os-release", ret))
            text_add(ret, "no id");
        return;
    }
    text_add(ret, image->os_id ? image->os_id : "unknown");
    if (image->os_version)
        text_printf(ret, " %s", image->os_version);
}

static void read_platform_match(const struct fact_scan *s, struct text *ret)
{
    const struct elf_votes *v = &s->votes;
    if (v->files == 0)
        text_add(ret, "no programs");
    else if (v->platform != s->image->platform)
        text_printf(ret, "no, files are %s",
                    v->platform ? v->platform->name : "another platform's");
    else
        text_add(ret, v->others > 0 ? "mostly" : "yes");
}

static void read_layout(const struct fact_scan *s, struct text *ret)
{
    enum tree_kind kind = tree_kind_nofollow(s->root, "bin", NULL);
    text_add(ret, kind == TREE_LINK ? "merged" : kind == TREE_DIRECTORY ? "split" : "absent");
}

static void read_tmp(const struct fact_scan *s, struct text *ret)
{
    struct stat st;
    if (tree_kind(s->root, "tmp", &st) != TREE_DIRECTORY)
        text_add(ret, "absent");
    else if ((st.st_mode & 0777) == 0777)
        text_add(ret, st.st_mode & S_ISVTX ? "sticky" : "not sticky");
    else
        text_add(ret, "not for all");
}

const struct fact_reader facts_system[] = {
    {.name = "shell",
     .says = "which program /bin/sh is, or why it does not start",
     .why = "system(), popen() and scripts need it, and shells differ (echo, [[, arrays, signals)",
     .help =
         "no-loader: the loader that it names is not in the image; no-library: libc.so.6 is not",
     .refs = "system(3) ld.so(8)",
     .read = read_shell},
    {.name = "os-release",
     .says = "the distribution and its version, as os-release says",
     .why = "scanners and installers decide by it",
     .refs = "os-release(5)",
     .read = read_os_release},
    {.name = "package-manager",
     .says = "whose package database the image has",
     .why = "without it a scanner sees no package and reports none as vulnerable",
     .read = read_package_manager},
    {.name = "machine-id",
     .says = "/etc/machine-id",
     .why =
         "one that is baked in is the same in every container: logs, journals and licences clash",
     .refs = "machine-id(5)",
     .read = read_machine_id},
    {.name = "platform-match",
     .says = "whether the programs are for the platform that the image declares",
     .why = "an image with the wrong label starts only where an emulator happens to be registered",
     .read = read_platform_match},
    {.name = "usr-merge",
     .says = "whether /bin is a link into /usr",
     .why = "a layer that brings /bin as a directory over a merged base hides all its programs",
     .read = read_layout},
    {.name = "tmp",
     .says = "whether every user may write to /tmp",
     .why = "an ordinary user's programs need it for mkstemp, sockets and sort",
     .read = read_tmp},
    {0},
};
