/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line says of registries, and what is told of them meanwhile. */
#pragma once
#include "harness/cmd_progress.h"
#include "harness/options.h"
#include "harness/registry/registry.h"

/* Warns on stderr where certificates are not verified. progress is borrowed. */
bool cmd_registry_options(const struct options *o, struct progress *progress,
                          struct registry_options *ret, struct error *e) NONNULL MUST_CHECK;
