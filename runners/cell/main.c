/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll-cell: one sandbox and the programs that run in it (see PROTOCOL.md). */
#include "runners/cell/event.h"
#include "runners/cell/launcher.h"
#include "runners/cell/options.h"
#include "runners/cell/server.h"
#include "runners/cell/setup.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const struct error *e)
{
    CLEANUP_TEXT struct text out = TEXT_INIT;
    event_error(&out, e->message);
    if (write(STDOUT_FILENO, out.data, out.length) < 0)
        fprintf(stderr, "plimsoll-cell: %s\n", e->message);
    return 3;
}

/* Whatever the caller ignores or blocks would be handed down to the probes. */
static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* The kernel's own call: the C library keeps two signals to itself. */
    static const char defaults[64];
    for (int s = 1; s < NSIG; s++)
        syscall(SYS_rt_sigaction, s, defaults, NULL, NSIG / 8);
}

static int cell_main(const struct options *o, const struct id_map *ids)
{
    struct error e = ERROR_INIT;
    static struct setup setup;
    setup.ids = *ids;
    if (setup_run(&setup, o, &e) && server_run(&setup, &e))
        return 0;
    return fail(&e);
}

int main(int argc, char *argv[])
{
    struct error e = ERROR_INIT;
    struct options o;
    int exit_code = 3;
    if (!options_parse(&o, argc, argv, &e)) {
        fprintf(stderr, "plimsoll-cell: %s\n", e.message);
        return 2;
    }
    close_range(3, ~0U, 0);
    umask(022);
    reset_signals();
    if (!launcher_run(&o, cell_main, &exit_code, &e))
        return fail(&e);
    return exit_code;
}
