/* SPDX-License-Identifier: Apache-2.0 */
/* The name of an archive's entry, made safe: relative, no "." or "..", bounded; and what it says
 * about a lower layer (whiteouts). */
#pragma once
#include "harness/base/error.h"
#include "harness/layer_limits.h"

enum layer_name {
    LAYER_ENTRY,    /* something to create */
    LAYER_WHITEOUT, /* ".wh.NAME": NAME of the layers below is gone; name is NAME */
    LAYER_OPAQUE,   /* ".wh..wh..opq": all that the layers below have in this directory is gone */
    LAYER_IGNORED,  /* other ".wh..wh." names, AUFS's own, and what would lie below any mark */
};

struct layer_path {
    enum layer_name kind;
    char *path;           /* "usr/bin/x", owned; "" is the root itself */
    size_t parent_length; /* of "usr/bin" */
    const char *name;     /* "x", within path; "" for the root and for LAYER_OPAQUE */
};

/* raw comes from the archive. Free with layer_path_done(), also after a failure. */
bool layer_path_parse(const char *raw, const struct layer_limits *limits, struct layer_path *ret,
                      struct error *e) NONNULL MUST_CHECK;
void layer_path_done(struct layer_path *p) NONNULL;

/* A foreign name as it may be shown; the caller frees it. */
char *layer_path_show(const char *raw) NONNULL MUST_CHECK;
