/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit tests of this folder share. */
#pragma once
#include "harness/base/error.h"
#include <check.h>
#include <string.h>

/* Runs the one test case of a program; returns its exit code. */
static inline int run_suite(const char *name, TCase *c)
{
    Suite *s = suite_create(name);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}

/* Whether the error is set and its message has the part; makes it unset again. */
static inline void expect_error(struct error *e, const char *part)
{
    ck_assert(error_is_set(e));
    ck_assert_msg(strstr(e->message, part) != NULL, "no \"%s\" in: %s", part, e->message);
    error_clear(e);
}
