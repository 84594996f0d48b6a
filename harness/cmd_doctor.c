/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll doctor: what this machine can run, and what is missing. */
#include "harness/base/size.h"
#include "harness/cmd.h"
#include "harness/cmd_catalogue.h"
#include "harness/emulator.h"
#include "harness/store_contents.h"
#include "harness/user_namespace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { KERNEL_LEAST_MAJOR = 5, KERNEL_LEAST_MINOR = 12, BINFMT_MAJOR = 6, BINFMT_MINOR = 7 };

struct health {
    int faults;
};

static void print_good(const char *what, const char *detail)
{
    printf("ok    %-18s %s\n", what, detail);
}

static void print_bad(struct health *h, const char *what, const char *detail)
{
    printf("FAIL  %-18s %s\n", what, detail);
    h->faults++;
}

static bool kernel_at_least(const char *release, int major, int minor)
{
    int have_major = 0, have_minor = 0;
    sscanf(release, "%d.%d", &have_major, &have_minor);
    return have_major > major || (have_major == major && have_minor >= minor);
}

static void look_at_kernel(struct health *h)
{
    struct utsname u;
    uname(&u);
    CLEANUP_FREE char *detail = must_printf("%s %s", u.release, u.machine);
    if (!kernel_at_least(u.release, KERNEL_LEAST_MAJOR, KERNEL_LEAST_MINOR))
        print_bad(h, "kernel",
                  "5.12 or later is needed (overlay and mount attributes in a user "
                  "namespace)");
    else if (!kernel_at_least(u.release, BINFMT_MAJOR, BINFMT_MINOR))
        printf("note  %-18s %s: before 6.7, so no private binfmt_misc: emulated checks that start "
               "children need the host's registration\n",
               "kernel", detail);
    else
        print_good("kernel", detail);
}

/* Limits that distributions set on user namespaces, and the words to lift them. */
static void look_at_namespaces(struct health *h)
{
    static const struct {
        const char *path, *bad, *advice;
    } knobs[] = {
        {"/proc/sys/user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"},
        {"/proc/sys/kernel/unprivileged_userns_clone", "0",
         "sysctl kernel.unprivileged_userns_clone=1"},
        {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
         "sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
    };
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) {
        char value[32] = "";
        FILE *file = fopen(knobs[i].path, "re");
        if (!file)
            continue;
        if (fgets(value, sizeof value, file))
            value[strcspn(value, "\n")] = '\0';
        fclose(file);
        if (strcmp(value, knobs[i].bad) == 0 && geteuid() != 0) {
            CLEANUP_FREE char *detail = must_printf("not for ordinary users: %s", knobs[i].advice);
            print_bad(h, "user namespaces", detail);
            return;
        }
    }
    print_good("user namespaces", geteuid() == 0 ? "running as root" : "for ordinary users too");
}

static void look_at_emulators(struct health *h)
{
    const struct platform *host = platform_of_host();
    const struct memo none = {NULL, ""};
    for (size_t i = 0; i < platform_count; i++) {
        struct emulator emulator;
        struct error e = ERROR_INIT;
        if (&platforms[i] == host) {
            print_good(platforms[i].name, "native");
        } else if (emulator_find(&platforms[i], &none, &emulator, &e)) {
            CLEANUP_FREE char *detail = must_printf("%s %s", emulator.path, emulator.version);
            print_good(platforms[i].name, detail);
            emulator_done(&emulator);
        } else {
            print_bad(h, platforms[i].name, e.message);
            error_clear(&e);
        }
    }
}

static void look_at_installation(struct health *h, const char *cache)
{
    struct error e = ERROR_INIT;
    struct installation where;
    struct run *run = cmd_catalogue_at(&where, cache, &e);
    if (!run) {
        print_bad(h, "installation", e.message);
        error_clear(&e);
        return;
    }
    CLEANUP_FREE char *detail =
        must_printf("%zu checks, probes in %s", run->check_count, where.probes);
    print_good("installation", detail);
    installation_done(&where);
    run_free(run);
}

/* Enters the namespace, so nothing that depends on who one is may follow. */
static void look_at_owners(void)
{
    CLEANUP_FREE char *why = NULL;
    switch (user_namespace_enter(&why)) {
    case IDS_ALL:
        print_good("owners", "every user of an image");
        break;
    case IDS_SUBORDINATE:
        print_good("owners", "every user of an image, by subordinate ids");
        break;
    case IDS_OWN:
        printf("note  %-18s files of images show as yours, their owners are only recorded: %s\n",
               "owners", why);
        break;
    }
}

static void look_at_cache(struct health *h, const char *dir)
{
    struct error e = ERROR_INIT;
    struct store store;
    struct store_contents contents;
    char size[SIZE_TEXT_SIZE];
    if (!store_open(&store, dir, &e)) {
        print_bad(h, "cache", e.message);
        error_clear(&e);
        return;
    }
    store_contents_read(&store, &contents);
    size_print(store_contents_bytes(&contents, 0), size);
    CLEANUP_FREE char *detail = must_printf("%s in %s", size, store.path);
    print_good("cache", detail);
    store_contents_done(&contents);
    store_close(&store);
}

int cmd_doctor(const struct options *options, struct error *e)
{
    if (options->arguments.count > 0) {
        error_set(e, ERROR_USAGE, "doctor takes no argument");
        return ERROR_USAGE;
    }
    struct health h = {0};
    look_at_installation(&h, options->cache);
    look_at_cache(&h, options->cache);
    look_at_kernel(&h);
    look_at_namespaces(&h);
    look_at_emulators(&h);
    look_at_owners();
    if (h.faults > 0)
        printf("\n%d of these will not work\n", h.faults);
    return h.faults > 0 ? ERROR_RUN : 0;
}
