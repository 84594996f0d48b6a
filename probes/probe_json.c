/* SPDX-License-Identifier: Apache-2.0 */
/* JSON out, piece by piece into a buffer. Commas come by themselves. */
#include "probe.h"

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
    static const char digits[] = "0123456789abcdef";
    put(j, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            put(j, '\\');
            put(j, *text);
        } else if (c == '\n') {
            json_raw(j, "\\n");
        } else if (c < ' ' || c == 0x7f) {
            json_raw(j, "\\u00");
            put(j, digits[c >> 4]);
            put(j, digits[c & 15]);
        } else {
            put(j, *text);
        }
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
    key_of(j, key);
    json_raw(j, number_text(value));
}

void json_bool(struct json *j, const char *key, bool value)
{
    key_of(j, key);
    json_raw(j, value ? "true" : "false");
}
