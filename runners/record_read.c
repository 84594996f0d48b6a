/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/record.h"
#include "runners/record_parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 256 * 1024 };

struct lines {
    int fd;
    char *buffer;
    size_t start, end, size; /* of what was read and not yet given out */
};

/* Makes room behind what is there and reads. Returns as read(2). */
static ssize_t read_more(struct lines *l)
{
    memmove(l->buffer, l->buffer + l->start, l->end - l->start);
    l->end -= l->start;
    l->start = 0;
    if (l->size - l->end < READ_BYTES) {
        l->size = l->size * 2 + READ_BYTES;
        l->buffer = must_realloc(l->buffer, l->size);
    }
    ssize_t n;
    do
        n = read(l->fd, l->buffer + l->end, l->size - l->end);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        l->end += (size_t)n;
    return n;
}

enum next { NEXT_LINE, NEXT_END, NEXT_FAILED };

static enum next next_line(struct lines *l, const char **ret, size_t *ret_length, struct error *e)
{
    size_t searched = 0;
    for (;;) {
        char *from = l->buffer + l->start;
        size_t have = l->end - l->start;
        char *stop = have > searched ? memchr(from + searched, '\n', have - searched) : NULL;
        size_t length = stop ? (size_t)(stop - from) : have;
        if (length > RECORD_LINE_LIMIT) {
            error_set(e, ERROR_RUN, "the line is longer than %d bytes", RECORD_LINE_LIMIT);
            return NEXT_FAILED;
        }
        if (stop) {
            *ret = from;
            *ret_length = length;
            l->start += length + 1;
            return NEXT_LINE;
        }
        searched = have;
        ssize_t n = read_more(l);
        if (n < 0) {
            error_errno(e, ERROR_RUN, errno, "cannot read");
            return NEXT_FAILED;
        }
        if (n == 0) /* the rest is half a line, cut off by whatever ended the run */
            return NEXT_END;
    }
}

static bool read_lines(struct lines *l, struct record_parser *p, const char *name, struct error *e)
{
    const char *line;
    size_t length;
    for (size_t number = 1;; number++) {
        enum next next = next_line(l, &line, &length, e);
        if (next == NEXT_END)
            break;
        if (next == NEXT_FAILED || !record_parse_line(p, line, length, e))
            return error_context(e, "%s:%zu", name, number);
    }
    return p->began ||
           error_set(e, ERROR_RUN, "%s: not a results file: it has no whole line", name);
}

bool record_read(const char *path, struct run *run, struct error *e)
{
    bool borrowed = strcmp(path, "-") == 0;
    const char *name = borrowed ? "standard input" : path;
    struct lines l = {.fd = borrowed ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    if (l.fd < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot read %s", path);
    l.size = READ_BYTES;
    l.buffer = must_realloc(NULL, l.size);
    struct record_parser p = {.run = run};
    bool ok = read_lines(&l, &p, name, e);
    if (ok) {
        record_number_order(run, &p.images, &p.cells);
        run->complete = p.ended;
    }
    record_parser_done(&p);
    free(l.buffer);
    if (!borrowed)
        close(l.fd);
    return ok;
}
