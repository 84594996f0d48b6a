/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a judging, for the files that do it. */
#pragma once
#include "matrices/resolve.h"

struct slot { /* one check id that may occur */
    const char *check;
    struct group *group; /* NULL: no rule */
    bool selected;       /* is in the catalogue, and was to be run */
    bool image_area;
};

struct pinned_image {                 /* what is pinned of one of the run's images */
    const struct matrix_image *entry; /* NULL: nothing */
    size_t *broken;                   /* heap; indices of pins that the image does not keep */
    size_t broken_count;
    size_t *causes; /* heap; one a broken pin; SIZE_MAX: not made yet */
};

struct judge {
    const struct matrix *m;
    const struct run *run;
    const struct judge_options *options;
    struct judgement *ret;
    struct resolver resolver;
    struct slot *slots; /* heap; by check */
    size_t slot_count;
    const struct observation **order; /* heap; by cell, then check */
    struct pinned_image *images;      /* heap; one an image of the run */
    struct view view;                 /* of the present cell */
    struct view *other; /* heap; the same without one broken pin, and last without any pin */
    size_t other_count;
    struct faults collisions;
};

struct start {                      /* how the present cell's probes start */
    const struct observation *seen; /* of exec.start; NULL: not observed */
    bool good;
    bool some_absent; /* other observations say that they did not start */
};

/* Adds the rows of one cell: order[from..to) are its observations. */
void judge_cell(struct judge *j, size_t cell, size_t from, size_t to) NONNULL;

/* The rows from index first on are those of one cell. Gives the divergences among them a cause. */
void judge_causes(struct judge *j, size_t cell, size_t first, const struct start *start) NONNULL;

void judge_pins(struct judge *j) NONNULL; /* fills images */
void judge_pins_done(struct judge *j) NONNULL;
/* The pin of an image of the run; NULL: not pinned. */
const struct matrix_pin *judge_pin(const struct judge *j, size_t image, const char *check) NONNULL;
bool judge_pin_kept(const struct matrix_pin *pin, const char *value) __attribute__((nonnull(1)));

/* Unreferenced and expired rules. */
void judge_remarks(struct judge *j) NONNULL;

struct slot *judge_slot(const struct judge *j, const char *check) NONNULL; /* or NULL */
