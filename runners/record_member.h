/* SPDX-License-Identifier: Apache-2.0 */
/* Members taken out of the JSON object of one line: what is left over at the end is unknown, and so
 * an error. Texts go into the pool. */
#pragma once
#include "harness/model.h"

#include <jansson.h>

struct record_member {
    const char *key;
    size_t offset; /* of a `const char *` in the struct that is filled */
    bool required;
};

/* Sets the error `what "foreign"`, the foreign text made printable and cut. */
bool record_refuse(struct error *e, const char *what, const char *foreign) NONNULL;

/* A member that is not required and not there leaves its field as it is. */
bool record_take_texts(struct pool *pool, json_t *object, const struct record_member *members,
                       size_t count, void *ret, struct error *e) NONNULL MUST_CHECK;
bool record_take_text(struct pool *pool, json_t *object, const char *key, const char **ret,
                      struct error *e) NONNULL MUST_CHECK;
/* A whole number below limit. */
bool record_take_number(json_t *object, const char *key, size_t limit, size_t *ret,
                        struct error *e) NONNULL MUST_CHECK;
bool record_take_decimal(json_t *object, const char *key, double *ret,
                         struct error *e) NONNULL MUST_CHECK;
bool record_take_bool(json_t *object, const char *key, bool *ret,
                      struct error *e) NONNULL MUST_CHECK;
/* An object of texts, an array of texts; none when it is not there. */
bool record_take_facts(struct pool *pool, json_t *object, const char *key, struct fact **ret,
                       size_t *ret_count, struct error *e) NONNULL MUST_CHECK;
bool record_take_list(struct pool *pool, json_t *object, const char *key, const char ***ret,
                      size_t *ret_count, struct error *e) NONNULL MUST_CHECK;

bool record_nothing_left(json_t *object, struct error *e) NONNULL MUST_CHECK;
