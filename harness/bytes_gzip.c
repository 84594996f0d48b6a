/* SPDX-License-Identifier: Apache-2.0 */
/* gzip (RFC 1952) by ISA-L, which inflates in half of zlib's time; built where it is there. */
#include "harness/base/pool.h"
#include "harness/bytes.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

enum { OUT_SIZE = 64 * 1024, FIRST_BYTE = 0x1f };

struct gzip_bytes {
    struct bytes bytes;
    struct bytes *source;
    bool ended; /* the source */
    struct inflate_state state;
    uint8_t out[OUT_SIZE];
};

static bool fill(struct gzip_bytes *g, struct error *e)
{
    const void *block;
    if (g->state.avail_in > 0 || g->ended)
        return true;
    ssize_t n = g->source->next(g->source, &block, e);
    if (n < 0)
        return error_context(e, "cannot decompress");
    g->ended = n == 0;
    g->state.next_in = n > 0 ? (uint8_t *)block : NULL;
    g->state.avail_in = (uint32_t)n;
    return true;
}

/* ISA-L forgets the buffers with the member before. */
static void begin_member(struct gzip_bytes *g)
{
    uint8_t *next = g->state.next_in;
    uint32_t left = g->state.avail_in;
    isal_inflate_init(&g->state);
    g->state.crc_flag = ISAL_GZIP;
    g->state.next_in = next;
    g->state.avail_in = left;
    g->state.next_out = g->out;
    g->state.avail_out = OUT_SIZE;
}

static bool inflate_error(int result, struct error *e)
{
    const char *why = result == ISAL_INCORRECT_CHECKSUM   ? "its checksum is wrong"
                      : result == ISAL_INVALID_WRAPPER    ? "its header is damaged"
                      : result == ISAL_UNSUPPORTED_METHOD ? "it is not deflated"
                      : result == ISAL_DECOMP_OK          ? "it is truncated"
                                                          : "it is damaged";
    return error_set(e, ERROR_RUN, "cannot decompress the gzip data: %s", why);
}

/* One turn; *ret_over tells that the last member has ended. What follows and does not begin as a
 * member does is left alone, as gzip(1) does. */
static bool turn(struct gzip_bytes *g, bool *ret_over, struct error *e)
{
    if (!fill(g, e))
        return false;
    if (g->state.block_state == ISAL_BLOCK_FINISH) {
        *ret_over = g->ended || *g->state.next_in != FIRST_BYTE;
        if (!*ret_over) /* nothing has been put out yet in this turn of gzip_next */
            begin_member(g);
        return true;
    }
    int result = isal_inflate(&g->state);
    bool stuck =
        g->ended && g->state.avail_out == OUT_SIZE && g->state.block_state != ISAL_BLOCK_FINISH;
    return (result >= 0 && !stuck) || inflate_error(result > 0 ? ISAL_DECOMP_OK : result, e);
}

static ssize_t gzip_next(struct bytes *b, const void **ret, struct error *e)
{
    struct gzip_bytes *g = (struct gzip_bytes *)b;
    bool over = false;
    g->state.next_out = g->out;
    g->state.avail_out = OUT_SIZE;
    while (!over && g->state.avail_out == OUT_SIZE)
        if (!turn(g, &over, e))
            return -1;
    *ret = g->out;
    if (!over)
        return (ssize_t)(OUT_SIZE - g->state.avail_out);
    return bytes_drain(g->source, e) ? 0 : -1; /* it belongs to the blob all the same */
}

static void gzip_close(struct bytes *b)
{
    struct gzip_bytes *g = (struct gzip_bytes *)b;
    bytes_close(g->source);
    free(g);
}

struct bytes *bytes_gunzip(struct bytes *source)
{
    struct gzip_bytes *g = must_calloc(1, sizeof *g);
    g->bytes = (struct bytes){gzip_next, gzip_close};
    g->source = source;
    begin_member(g);
    return &g->bytes;
}
