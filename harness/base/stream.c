/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/stream.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DRAIN_BYTES = 256 * 1024 };

bool stream_open(struct stream *s, const char *path, struct error *e)
{
    *s = (struct stream){.buffer = TEXT_INIT, .fd = -1};
    if (strcmp(path, "-") == 0) {
        s->name = must_strdup("standard output");
        s->fd = STDOUT_FILENO;
        s->borrowed = true;
        return true;
    }
    s->name = must_strdup(path);
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        s->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        s->temporary = must_printf("%s.XXXXXX", path);
        s->fd = mkostemp(s->temporary, O_CLOEXEC);
    }
    return s->fd >= 0 || error_errno(e, ERROR_RUN, errno, "cannot write %s", path);
}

static bool write_out(struct stream *s, struct error *e)
{
    bool ok = file_write_all(s->fd, s->name, text_get(&s->buffer), s->buffer.length, e);
    text_clear(&s->buffer);
    return ok;
}

bool stream_drain(struct stream *s, struct error *e)
{
    return s->buffer.length < DRAIN_BYTES || write_out(s, e);
}

bool stream_publish(struct stream *s, struct error *e)
{
    if (!write_out(s, e))
        return false;
    if (!s->temporary)
        return true;
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(s->fd, 0666 & ~mask) < 0 || fsync(s->fd) < 0 || rename(s->temporary, s->name) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot write %s", s->name);
    free(s->temporary);
    s->temporary = NULL;
    return true;
}

void stream_close(struct stream *s)
{
    if (s->temporary && s->fd >= 0)
        unlink(s->temporary);
    if (s->fd >= 0 && !s->borrowed)
        close(s->fd);
    free(s->temporary);
    free(s->name);
    text_done(&s->buffer);
    *s = (struct stream){.buffer = TEXT_INIT, .fd = -1};
}
