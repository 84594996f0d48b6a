/* SPDX-License-Identifier: Apache-2.0 */
/* A cell as the rules see it: its value on every axis. */
#include "matrices/resolve.h"

#include <stdlib.h>
#include <string.h>

#define FACT_LIBC "image.libc"
#define FACT_LIBC_VERSION "image.libc-version" /* of that one; of several only of the first */

/* Whether the fact's check is this one, without making its id (see fact_check). */
static bool is_fact(const char *fact, const char *check)
{
    static const char prefix[] = "image-", area[] = "image.";
    if (strncmp(check, area, sizeof area - 1) != 0)
        return false;
    if (strncmp(fact, prefix, sizeof prefix - 1) == 0)
        fact += sizeof prefix - 1;
    return strcmp(fact, check + sizeof area - 1) == 0;
}

const char *fact_of(const struct image *image, const char *check)
{
    for (size_t i = 0; i < image->fact_count; i++)
        if (is_fact(image->facts[i].name, check))
            return image->facts[i].value;
    return NULL;
}

static const char *pinned(const struct pins *pins, const char *check)
{
    if (!pins->image || pins->but == PINS_NONE)
        return NULL;
    for (size_t i = 0; i < pins->image->pin_count; i++)
        if (i != pins->but && strcmp(pins->image->pins[i].check, check) == 0)
            return pins->image->pins[i].value;
    return NULL;
}

static const char *fact_seen(const struct image *image, const struct pins *pins, const char *check)
{
    const char *value = pinned(pins, check);
    return value ? value : fact_of(image, check);
}

/* Static probes carry their own libc. Dynamic ones run on the image's, whose version may be pinned;
 * what the probe itself says comes before what the files say. */
static const char *libc_version(const struct cell *cell, const struct image *image,
                                const struct pins *pins)
{
    if (strcmp(flavor_linkage(cell->flavor), "dynamic") != 0)
        return cell->libc_version;
    const char *libc = fact_seen(image, pins, FACT_LIBC);
    const char *name = flavor_libc(cell->flavor);
    const char *own = strcmp(name, "musl") == 0 ? "image.musl-version" : "image.glibc-version";
    bool only = libc && strcmp(libc, name) == 0;
    const char *sources[] = {
        pinned(pins, own),   only ? pinned(pins, FACT_LIBC_VERSION) : NULL,   cell->libc_version,
        fact_of(image, own), only ? fact_of(image, FACT_LIBC_VERSION) : NULL,
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i])
            return sources[i];
    return NULL;
}

static const char *value_on(const struct axis *axis, const struct run *run, const struct cell *cell,
                            const struct pins *pins)
{
    const struct image *image = &run->images[cell->image];
    switch (axis->word) {
    case WORD_LIBC_VERSION:
        return libc_version(cell, image, pins);
    case WORD_EMULATOR_VERSION:
        return cell->runner.emulator ? cell->runner.emulator_version : NULL;
    case WORD_KERNEL:
        return run->kernel;
    case WORD_RUNNER:
        return cell->runner.name;
    case WORD_IMAGE:
        return image->name;
    case WORD_OS:
        return image->os_id;
    case WORD_OS_VERSION:
        return image->os_version;
    default:
        return fact_seen(image, pins, axis->name);
    }
}

void view_init(struct view *v, const struct resolver *r)
{
    *v = (struct view){.met = must_calloc(r->constraint_count, sizeof *v->met)};
}

void view_done(struct view *v)
{
    free(v->met);
    v->met = NULL;
}

void view_set(struct view *v, const struct resolver *r, const struct run *run,
              const struct cell *cell, const struct pins *pins)
{
    const struct platform *platform = run->images[cell->image].platform;
    v->cell = cell;
    v->flavor = 1u << cell->flavor;
    v->platform = platform ? 1u << (platform - platforms) : 0;
    v->emulated = cell->runner.emulator ? EMULATED_YES : EMULATED_NO;
    for (size_t i = 0; i < r->constraint_count; i++) {
        const struct constraint *c = r->constraints[i];
        v->met[i] = set_contains(&c->set, value_on(&c->axis, run, cell, pins));
    }
}
