/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/version.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the number at *s, which is moved behind its leading zeros. */
static size_t skip_zeros(const char **s)
{
    while (**s == '0' && is_digit((*s)[1]))
        ++*s;
    size_t n = 0;
    while (is_digit((*s)[n]))
        n++;
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
    return s[0] == '.' && is_digit(s[1]) ? s + 1 : NULL;
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
    return is_digit(text[0]);
}
