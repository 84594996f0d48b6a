/* SPDX-License-Identifier: Apache-2.0 */
/* The image area: what an image's files and config say, read by the harness, no program run.
 *
 * One table a topic (facts_*.c) holds for each fact all there is to know about it and the function
 * that reads it. A fact's check is "image." and the fact's name, without the name's own "image-" if
 * it has one: image-libc is observed as image.libc, tzdata as image.tzdata. (The two libc facts
 * carry it because `libc` alone is the libc that a probe runs on.) */
#pragma once
#include "harness/memo.h"
#include "harness/model.h"

/* Adds the checks of the image area to run->checks; returns how many. */
size_t image_checks(struct run *run) NONNULL;

/* Reads every fact of an image whose root, platform and config are known into image->facts, sorted
 * by name, and its os-release into os_id, os_version and os_name. */
bool facts_read(struct pool *pool, struct image *image, struct error *e) NONNULL MUST_CHECK;

/* The same; what an unpacked root of the cache says is remembered, since nothing changes in it. */
bool facts_read_once(const struct memo *m, struct pool *pool, struct image *image,
                     struct error *e) NONNULL MUST_CHECK;

/* The value that an image's facts give a check ("image.tzdata"); NULL when it is none of them. */
const char *facts_value(const struct image *image, const char *check) NONNULL;
