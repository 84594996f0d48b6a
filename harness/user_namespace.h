/* SPDX-License-Identifier: Apache-2.0 */
/* An ordinary user's own user namespace, user_namespaces(7), in which the files of an image can
 * have the owners that the image gives them: root is oneself, and the ids from 1 on are those that
 * the system lends (subuid(5), subgid(5)), through newuidmap(1) and newgidmap(1). Whoever enters it
 * may from then on do there what root may: nothing more outside. */
#pragma once
#include "harness/base/error.h"

enum ids {
    IDS_ALL,         /* root already: every id of the machine */
    IDS_SUBORDINATE, /* oneself and those that are lent: entered */
    IDS_OWN,         /* only oneself: files belong to their reader, owners are recorded */
};

/* Enters it, when the caller is not root. Before the first thread is started. On IDS_OWN nothing
 * has changed and *ret_why (the caller frees it; NULL otherwise) says what is missing. */
enum ids user_namespace_enter(char **ret_why) NONNULL MUST_CHECK;
