/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry says of its refusal: the error document of the OCI distribution spec,
 * {"errors": [{"code": "DENIED", "message": "..."}]}, and those of token servers. */
#pragma once
#include "harness/base/text.h"

/* Appends "CODE: message; ..." of the document, printable and of bounded length; nothing when the
 * bytes are no such document. */
void fault_describe(const char *json, size_t length, struct text *ret) NONNULL;
