/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/version.h"

#include <ctype.h>
#include <string.h>

/* Length of the number at *s, which is moved behind its leading zeros. */
static size_t skip_zeros(const char **s)
{
    const char *from = *s;
    while (from[0] == '0' && isdigit((unsigned char)from[1]))
        from++;
    size_t n = 0;
    while (isdigit((unsigned char)from[n]))
        n++;
    *s = from;
    return n;
}

/* Numbers of any length: the longer one without leading zeros is the greater. */
static int compare_number(const char **a, const char **b)
{
    size_t na = skip_zeros(a), nb = skip_zeros(b);
    int order = na != nb ? (na < nb ? -1 : 1) : strncmp(*a, *b, na);
    *a += na;
    *b += nb;
    return order;
}

static const char *next_number(const char *s)
{
    return s[0] == '.' && isdigit((unsigned char)s[1]) ? s + 1 : NULL;
}

int version_compare(const char *a, const char *b)
{
    static const char zero[] = "0";
    const char *na = a, *nb = b;
    while (na || nb) {
        const char *ra = na ? na : zero, *rb = nb ? nb : zero;
        int order = compare_number(&ra, &rb);
        if (order)
            return order;
        if (na)
            a = ra;
        if (nb)
            b = rb;
        na = na ? next_number(a) : NULL;
        nb = nb ? next_number(b) : NULL;
    }
    return strcmp(a, b);
}

bool version_valid(const char *text)
{
    return isdigit((unsigned char)text[0]) != 0;
}
