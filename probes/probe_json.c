/* SPDX-License-Identifier: Apache-2.0 */
/* JSON out, piece by piece into a buffer. Commas come by themselves. */
#include "probe.h"

#include <stdio.h>
#include <string.h>

static void put(struct json *j, char c)
{
    if (j->length + 1 >= j->size) {
        j->full = true;
        return;
    }
    j->text[j->length++] = c;
    j->text[j->length] = '\0';
}

void json_raw(struct json *j, const char *text)
{
    while (*text)
        put(j, *text++);
}

static void quoted(struct json *j, const char *text)
{
    put(j, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        char escape[8] = {(char)c, '\0'};
        if (c == '"' || c == '\\')
            snprintf(escape, sizeof escape, "\\%c", c);
        else if (c == '\n')
            strcpy(escape, "\\n");
        else if (c < ' ' || c == 0x7f)
            snprintf(escape, sizeof escape, "\\u%04x", c);
        json_raw(j, escape);
    }
    put(j, '"');
}

static void key_of(struct json *j, const char *key)
{
    char last = j->length ? j->text[j->length - 1] : '{';
    if (last != '{' && last != '[')
        put(j, ',');
    quoted(j, key);
    put(j, ':');
}

void json_text(struct json *j, const char *key, const char *value)
{
    key_of(j, key);
    if (value)
        quoted(j, value);
    else
        json_raw(j, "null");
}

void json_number(struct json *j, const char *key, unsigned long value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lu", value);
    key_of(j, key);
    json_raw(j, digits);
}

void json_bool(struct json *j, const char *key, bool value)
{
    key_of(j, key);
    json_raw(j, value ? "true" : "false");
}
