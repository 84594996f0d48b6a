/* SPDX-License-Identifier: Apache-2.0 */
/* One verb a file, cmd_VERB.c: parsing and printing only. This is the only place that prints, and,
 * with main.c, the only one that includes across the folders. */
#pragma once
#include "harness/base/error.h"
#include "harness/options.h"

struct command_verb {
    const char *name, *arguments, *says;
    enum verb verb;
    const char *details; /* further lines of its help; "" for none */
    bool images;         /* works on files of images, as their owners where that can be had */
    /* Returns the exit code; on an error of its own sets e and returns e->code. */
    int (*run)(const struct options *options, struct error *e);
};

int cmd_check(const struct options *options, struct error *e);
int cmd_run(const struct options *options, struct error *e);
int cmd_cache(const struct options *options, struct error *e);
int cmd_pull(const struct options *options, struct error *e);
int cmd_judge(const struct options *options, struct error *e);
int cmd_list(const struct options *options, struct error *e);
int cmd_explain(const struct options *options, struct error *e);
int cmd_lint(const struct options *options, struct error *e);
int cmd_doctor(const struct options *options, struct error *e);
