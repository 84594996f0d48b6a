/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char letters[] = "KMGT";

/* The exponent of 1024 of "", "B", "K", "KB", "KiB", ...; -1 for anything else. */
static int parse_unit(const char *unit)
{
    if (*unit == '\0' || strcasecmp(unit, "B") == 0)
        return 0;
    const char *letter = strchr("kmgt", *unit | 0x20);
    const char *rest = unit + 1;
    if (!letter || (*rest != '\0' && strcasecmp(rest, "B") != 0 && strcasecmp(rest, "iB") != 0))
        return -1;
    return (int)(letter - "kmgt") + 1;
}

bool size_parse(const char *text, uint64_t *ret)
{
    char number[24];
    char *end = NULL;
    size_t length = strspn(text, "0123456789.");
    int exponent = parse_unit(text + length);
    if (length == 0 || length >= sizeof number || exponent < 0)
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    double bytes = strtod(number, &end);
    if (end == number || *end != '\0')
        return false;
    for (int i = 0; i < exponent; i++)
        bytes *= 1024;
    if (bytes >= 9e18)
        return false;
    *ret = (uint64_t)bytes;
    return true;
}

void size_print(uint64_t bytes, char ret[SIZE_TEXT_SIZE])
{
    int exponent = 0;
    double number = (double)bytes;
    for (; number >= 1023.95 && letters[exponent]; exponent++)
        number /= 1024;
    if (exponent == 0)
        snprintf(ret, SIZE_TEXT_SIZE, "%llu B", (unsigned long long)bytes);
    else
        snprintf(ret, SIZE_TEXT_SIZE, "%.1f %ciB", number, letters[exponent - 1]);
}
