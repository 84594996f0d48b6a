/* SPDX-License-Identifier: Apache-2.0 */
/* The first half of `check` and all of `run`: images opened, probes run, results written. */
#pragma once
#include "harness/base/error.h"
#include "harness/cmd_progress.h"
#include "harness/installation.h"
#include "harness/options.h"
#include "harness/plan.h"
#include "harness/store.h"

struct cmd_image { /* what to open: an argument, or an entry of a matrix */
    const char *name, *reference;
    const struct platform *const *platforms; /* none: the host's, or what the image has */
    size_t platform_count;
};

struct cmd_observation {
    int faults; /* images that could not be opened: told on stderr already */
    int signal; /* interrupted by it; 0: not */
};

/* Names images that were given as arguments: by the end of their reference where that is enough. */
void cmd_name_images(struct cmd_image *images, size_t count) NONNULL;

struct cmd_opening {
    struct progress *progress;
    const struct memo *memo; /* NULL: nothing is remembered */
    struct store_pins pins;  /* of the roots: store_unpin() */
    int faults;              /* images that could not be opened: told on stderr already */
};

/* Opens the images (--platform beats their own platforms), in order, into run->images. One that
 * cannot be opened is told on stderr and counted; false only for a word of the user's that is
 * wrong. */
bool cmd_open_images(const struct options *options, const struct cmd_image *images, size_t count,
                     struct run *run, struct cmd_opening *how, struct error *e) NONNULL MUST_CHECK;

/* Opens the images (--platform beats their own platforms), runs the plan, writes results to
 * `results` ("-", a path, or NULL for nowhere) as sandboxes end, in the order of the plan. run: the
 * catalogue (cmd_catalogue_at); it is filled. Progress goes to stderr. An image that cannot be
 * opened is told there and counted; false only when there is nothing to go on with. */
bool cmd_observe(const struct options *options, const struct cmd_image *images, size_t image_count,
                 const struct selection *selection, const struct installation *where,
                 struct run *run, const char *results, struct cmd_observation *ret,
                 struct error *e) MUST_CHECK;

/* What --flavor, --check, --skip, --user and --emulate say. flavors is room for their values. */
bool cmd_selection(const struct options *options, enum flavor flavors[FLAVOR_COUNT],
                   struct selection *ret, struct error *e) MUST_CHECK;
