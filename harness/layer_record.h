/* SPDX-License-Identifier: Apache-2.0 */
/* What a layer asked for and did not get, kept as the JSON lists of a root's record. */
#pragma once
#include "harness/base/text.h"
#include <archive_entry.h>
#include <sys/types.h>

struct layer_record {
    struct text owners, modes, devices, attributes, others; /* JSON array elements */
    uint64_t files, bytes;
};

void layer_record_done(struct layer_record *r) NONNULL;
void layer_record_owner(struct layer_record *r, const char *path, int64_t uid, int64_t gid) NONNULL;
void layer_record_mode(struct layer_record *r, const char *path, mode_t mode) NONNULL;
void layer_record_device(struct layer_record *r, const char *path,
                         struct archive_entry *entry) NONNULL;
/* An entry of a kind that has no place in an image (a socket, something unknown). */
void layer_record_other(struct layer_record *r, const char *path) NONNULL;
/* Names only; nothing when the entry has none. */
void layer_record_attributes(struct layer_record *r, const char *path,
                             struct archive_entry *entry) NONNULL;
/* The whole as the members of a JSON object, without its braces. */
void layer_record_write(const struct layer_record *r, struct text *ret) NONNULL;
