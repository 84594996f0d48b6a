/* SPDX-License-Identifier: Apache-2.0 */
/* Removing what a job left behind, however deep or unreadable it made that. */
#pragma once
#include "harness/base/error.h"

/* Removes the directory name in parent with all that is in it; true also when it does not exist.
 * The caller must own everything in it, or be allowed to act as if. */
bool sweep_directory(int parent, const char *name);
