/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/record_row.h"

#include <string.h>

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, const char *literal)
{
    size_t length = strlen(literal);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, literal, length) != 0)
        return false;
    c->at += length;
    return true;
}

static bool take_number(struct cursor *c, int most_digits, size_t *ret)
{
    const char *from = c->at;
    size_t n = 0;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - from < most_digits)
        n = n * 10 + (size_t)(*c->at++ - '0');
    *ret = n;
    return c->at > from && (*from != '0' || c->at == from + 1);
}

/* Up to the closing quote, which is taken too. */
static bool take_text(struct cursor *c, struct record_span *ret)
{
    const char *from = c->at;
    while (c->at < c->end && *c->at >= 0x20 && *c->at < 0x7f && *c->at != '"' && *c->at != '\\')
        c->at++;
    *ret = (struct record_span){from, (size_t)(c->at - from)};
    return take(c, "\"");
}

/* Up to three decimals, as thousandths. */
static bool take_decimals(struct cursor *c, unsigned *ret)
{
    unsigned weight = 100;
    *ret = 0;
    if (!take(c, "."))
        return true;
    const char *from = c->at;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9' && weight > 0; weight /= 10)
        *ret += (unsigned)(*c->at++ - '0') * weight;
    return c->at > from;
}

static bool take_status(struct cursor *c, enum status *ret)
{
    struct record_span name;
    if (!take_text(c, &name))
        return false;
    for (int s = STATUS_VALUE; s <= STATUS_ERROR; s++) {
        const char *known = status_name((enum status)s);
        if (strlen(known) == name.length && memcmp(known, name.text, name.length) == 0) {
            *ret = (enum status)s;
            return true;
        }
    }
    return false;
}

bool record_row_scan(const char *line, size_t length, struct record_row *ret)
{
    struct cursor c = {line, line + length};
    struct record_row row = {0};
    if (take(&c, "{\"type\":\"observation\",\"cell\":")) {
        if (!take_number(&c, 9, &row.cell) || !take(&c, ",\"check\":\"") ||
            !take_text(&c, &row.check) || !take(&c, ",\"status\":\"") ||
            !take_status(&c, &row.status) || !take(&c, ",\"value\":\"") ||
            !take_text(&c, &row.value))
            return false;
    } else if (take(&c, "{\"type\":\"timing\",\"cell\":")) {
        size_t whole;
        unsigned thousandths;
        row.is_timing = true;
        if (!take_number(&c, 9, &row.cell) || !take(&c, ",\"check\":\"") ||
            !take_text(&c, &row.check) || !take(&c, ",\"ms\":") || !take_number(&c, 9, &whole))
            return false;
        if (!take_decimals(&c, &thousandths))
            return false;
        row.milliseconds = (double)whole + thousandths / 1000.0;
    } else {
        return false;
    }
    *ret = row;
    return take(&c, "}") && c.at == c.end;
}
