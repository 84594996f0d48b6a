/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/fault.h"

#include <jansson.h>
#include <string.h>

enum { FAULTS_SHOWN = 3, TEXT_SHOWN = 300 };

static void add_text(struct text *t, const json_t *text)
{
    size_t length = json_string_length(text);
    text_add_printable(t, json_string_value(text), length < TEXT_SHOWN ? length : TEXT_SHOWN);
    if (length > TEXT_SHOWN)
        text_add(t, "...");
}

/* A code, a message, or both. */
static void add_fault(struct text *t, const json_t *code, const json_t *message)
{
    if (json_string_length(code) > 0)
        add_text(t, code);
    if (json_string_length(code) > 0 && json_string_length(message) > 0)
        text_add(t, ": ");
    if (json_string_length(message) > 0)
        add_text(t, message);
}

void fault_describe(const char *json, size_t length, struct text *ret)
{
    json_t *root = json_loadb(json, length, 0, NULL);
    const json_t *errors = json_object_get(root, "errors");
    size_t start = ret->length;
    for (size_t i = 0; i < json_array_size(errors) && i < FAULTS_SHOWN; i++) {
        const json_t *fault = json_array_get(errors, i);
        if (ret->length > start)
            text_add(ret, "; ");
        add_fault(ret, json_object_get(fault, "code"), json_object_get(fault, "message"));
    }
    if (ret->length == start) /* as token servers and proxies put it: RFC 6749, 5.2 */
        add_fault(ret, json_object_get(root, "error"), json_object_get(root, "error_description"));
    if (ret->length == start)
        add_fault(ret, json_object_get(root, "details"), json_object_get(root, "message"));
    json_decref(root);
}
