/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/nearest.h"

#include "harness/base/pool.h"
#include <string.h>

enum { LONGEST = 64 }; /* longer words are not compared: a hint is not worth the time */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t least_of_two = a < b ? a : b;
    return least_of_two < c ? least_of_two : c;
}

/* Levenshtein's distance, with two neighbours exchanged counting as one. */
static size_t distance_of(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= nb; j++)
        above[j] = j;
    for (size_t i = 1; i <= na; i++) {
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] =
                least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], row[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[nb];
}

void nearest_offer(struct nearest *n, const char *known)
{
    if (n->best && n->distance == 0) /* no other one is nearer */
        return;
    size_t length = strlen(n->word), known_length = strlen(known);
    size_t limit = length < 4 ? 1 : length / 3;
    if (length > LONGEST || known_length > length + limit || length > known_length + limit)
        return; /* so many letters more or less are that distance at least */
    size_t distance = distance_of(n->word, length, known, known_length);
    if (distance > limit || (n->best && distance >= n->distance))
        return;
    n->best = known;
    n->distance = distance;
}

char *nearest_hint(const struct nearest *n)
{
    return n->best ? must_printf(" (did you mean \"%s\"?)", n->best) : must_strdup("");
}
