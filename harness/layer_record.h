/* SPDX-License-Identifier: Apache-2.0 */
/* What a root should have and has not, as JSON: of every real path the last word, in order. */
#pragma once
#include "harness/base/text.h"
#include "harness/layer_tree.h"

/* Adds the members of an object, without its braces:
 *     "owners": [[PATH, UID, GID]...]               it belongs to who unpacked it
 *     "modes": [[PATH, "MODE"]...]                  it has some bits more
 *     "devices": [[PATH, "c"|"b", MAJOR, MINOR, "MODE", UID, GID]...]   not there
 *     "attributes": [[PATH, NAME, "HEX", true|false]...]   all; true: the file has it
 *     "others": [[PATH]...]                         of no kind that has a place in an image
 * Bytes that are not UTF-8 are \xHH in PATH and NAME. */
void layer_record_write(struct layer_node *tree, struct text *ret) NONNULL;
