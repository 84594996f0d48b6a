/* SPDX-License-Identifier: Apache-2.0 */
/* Stages of bytes, above all the one that runs ahead in a thread. */
#include "harness/bytes.h"
#include "harness/layer_limits.h"
#include "harness/tar_fixture.h"

#include <check.h>
#include <uv.h>

/* So many blocks of one byte each, counting up; then an error, or the end. */
struct counting {
    struct bytes bytes;
    unsigned given, count;
    bool fails;
    unsigned char block;
    unsigned *closed;
    uv_sem_t *gate; /* taken before each block; may be NULL */
};

static ssize_t counting_next(struct bytes *b, const void **ret, struct error *e)
{
    struct counting *c = (struct counting *)b;
    if (c->gate)
        uv_sem_wait(c->gate);
    if (c->given == c->count) {
        if (c->fails)
            error_set(e, ERROR_RUN, "failed after %u", c->given);
        return c->fails ? -1 : 0;
    }
    c->block = (unsigned char)c->given++;
    *ret = &c->block;
    return 1;
}

static void counting_close(struct bytes *b)
{
    struct counting *c = (struct counting *)b;
    *c->closed += 1;
    free(c);
}

static struct bytes *counting(unsigned count, bool fails, unsigned *closed, uv_sem_t *gate)
{
    struct counting *c = must_calloc(1, sizeof *c);
    *c = (struct counting){{counting_next, counting_close}, 0, count, fails, 0, closed, gate};
    return &c->bytes;
}

/* Reads blocks that count up; returns how many came before the end (0) or a failure (-1). */
static unsigned read_counted(struct bytes *b, ssize_t *ret_last, struct error *e)
{
    unsigned got = 0;
    const void *block;
    while ((*ret_last = b->next(b, &block, e)) > 0) {
        ck_assert_int_eq(*ret_last, 1);
        ck_assert_uint_eq(*(const unsigned char *)block, got++ % 256);
    }
    return got;
}

START_TEST(ahead_gives_the_same_bytes)
{
    static const size_t bounds[] = {0, 1, 7, 1 << 20};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct error e = ERROR_INIT;
        unsigned closed = 0;
        ssize_t last;
        struct bytes *b =
            bytes_ahead(bytes_ahead(counting(5000, false, &closed, NULL), 3), bounds[i]);
        ck_assert_uint_eq(read_counted(b, &last, &e), 5000);
        ck_assert_int_eq(last, 0);
        ck_assert_uint_eq(read_counted(b, &last, &e), 0); /* and the end again */
        bytes_close(b);
        ck_assert_uint_eq(closed, 1);
    }
}
END_TEST

START_TEST(ahead_tells_an_error_after_the_bytes_before_it)
{
    struct error e = ERROR_INIT;
    unsigned closed = 0;
    ssize_t last;
    struct bytes *b = bytes_ahead(counting(300, true, &closed, NULL), 1 << 20);
    ck_assert_uint_eq(read_counted(b, &last, &e), 300);
    ck_assert_int_eq(last, -1);
    ck_assert_str_eq(e.message, "failed after 300");
    error_clear(&e);
    bytes_close(b);
    ck_assert_uint_eq(closed, 1);
}
END_TEST

/* It waits for room, and no reader ever comes. */
START_TEST(ahead_can_be_closed_at_any_time)
{
    for (unsigned reads = 0; reads < 4; reads++) {
        struct error e = ERROR_INIT;
        unsigned closed = 0;
        const void *block;
        struct bytes *b = bytes_ahead(bytes_ahead(counting(1000000, true, &closed, NULL), 2), 2);
        for (unsigned i = 0; i < reads; i++)
            ck_assert_int_eq(b->next(b, &block, &e), 1);
        bytes_close(b);
        ck_assert_uint_eq(closed, 1);
    }
}
END_TEST

/* What the source has given can be read while it is busy with what comes after. */
START_TEST(ahead_hands_over_at_once)
{
    uv_sem_t gate;
    unsigned closed = 0;
    const void *block;
    struct error e = ERROR_INIT;
    ck_assert_int_eq(uv_sem_init(&gate, 0), 0);
    struct bytes *b = bytes_ahead(counting(20, false, &closed, &gate), 4);
    for (int i = 0; i < 3; i++)
        uv_sem_post(&gate);
    for (int i = 0; i < 3; i++) /* three were let through, and so three can be read */
        ck_assert_int_eq(b->next(b, &block, &e), 1);
    for (int i = 0; i < 30; i++)
        uv_sem_post(&gate);
    ssize_t last;
    unsigned got = 3;
    while ((last = b->next(b, &block, &e)) > 0)
        ck_assert_uint_eq(*(const unsigned char *)block, got++);
    ck_assert_uint_eq(got, 20);
    bytes_close(b);
    uv_sem_destroy(&gate);
}
END_TEST

static char *inflated(const char *dir, const void *data, size_t size, size_t *ret, struct error *e)
{
    fixture_write(dir, "packed", data, size);
    CLEANUP_FREE char *path = must_printf("%s/packed", dir);
    struct bytes *file = bytes_of_file(path, e);
    ck_assert_ptr_nonnull(file);
    CLEANUP_BYTES struct bytes *b = bytes_inflate(file, e);
    return b ? bytes_read_all(b, "it", 1 << 20, ret, e) : NULL;
}

START_TEST(every_packing_is_inflated)
{
    static const int filters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD,
                                  ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2};
    const struct tar_member members[] = {{'f', "a", "some text"}, {0}};
    struct text plain = tar_fixture_make(ARCHIVE_FILTER_NONE, members);
    char *dir = fixture_dir();
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct error e = ERROR_INIT;
        struct text packed = tar_fixture_make(filters[i], members);
        size_t size = 0;
        CLEANUP_FREE char *got = inflated(dir, packed.data, packed.length, &size, &e);
        ck_assert_msg(got != NULL, "%s", e.message);
        ck_assert_uint_eq(size, plain.length);
        ck_assert_mem_eq(got, plain.data, size);
        if (filters[i] == ARCHIVE_FILTER_GZIP) { /* twice: two members */
            struct text twice = TEXT_INIT;
            text_add_n(&twice, packed.data, packed.length);
            text_add_n(&twice, packed.data, packed.length);
            CLEANUP_FREE char *both = inflated(dir, twice.data, twice.length, &size, &e);
            ck_assert_msg(both != NULL, "%s", e.message);
            ck_assert_uint_eq(size, 2 * plain.length);
            ck_assert_mem_eq(both + plain.length, plain.data, plain.length);
            text_done(&twice);
        }
        text_done(&packed);
    }
    text_done(&plain);
    fixture_remove(dir);
}
END_TEST

START_TEST(damaged_gzip_is_an_error)
{
    struct text packed =
        tar_fixture_make(ARCHIVE_FILTER_GZIP, (struct tar_member[]){{'f', "a", "some text"}, {0}});
    char *dir = fixture_dir();
    for (size_t cut = 4; cut < packed.length; cut++) {
        struct error e = ERROR_INIT;
        size_t size;
        ck_assert_ptr_null(inflated(dir, packed.data, cut, &size, &e));
        ck_assert_msg(strstr(e.message, "cannot decompress") != NULL, "cut at %zu: %s", cut,
                      e.message);
        error_clear(&e);
    }
    packed.data[packed.length - 6] ^= 1; /* of its checksum */
    struct error e = ERROR_INIT;
    size_t size;
    ck_assert_ptr_null(inflated(dir, packed.data, packed.length, &size, &e));
    ck_assert_msg(strstr(e.message, "cannot decompress") != NULL, "%s", e.message);
    error_clear(&e);
    text_done(&packed);
    fixture_remove(dir);
}
END_TEST

START_TEST(limits_are_read)
{
    struct layer_limits l = layer_default_limits;
    struct error e = ERROR_INIT;
    ck_assert_msg(layer_limits_parse(&l, "entries=7,bytes=2G,ratio=10", &e), "%s", e.message);
    ck_assert_msg(layer_limits_parse(&l, "memory=1m", &e), "%s", e.message);
    ck_assert_uint_eq(l.entries, 7);
    ck_assert_uint_eq(l.bytes, 2ULL << 30);
    ck_assert_uint_eq(l.ratio, 10);
    ck_assert_uint_eq(l.memory, 1 << 20);
    ck_assert_uint_eq(l.path, layer_default_limits.path);
    static const char *const bad[] = {"",
                                      "entries",
                                      "entries=",
                                      "entries=0",
                                      "entries=-1",
                                      "entries=1x",
                                      "entries=1KK",
                                      "size=5",
                                      "entries=1,",
                                      "bytes=99999999999999999999",
                                      "bytes=99999999T"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!layer_limits_parse(&l, bad[i], &e), "%s", bad[i]);
        ck_assert_int_eq(e.code, ERROR_USAGE);
        error_clear(&e);
    }
    ck_assert(!layer_limits_parse(&l, "entires=5", &e));
    ck_assert_ptr_nonnull(strstr(e.message, "did you mean \"entries\""));
    error_clear(&e);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("bytes");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, ahead_gives_the_same_bytes);
    tcase_add_test(c, ahead_tells_an_error_after_the_bytes_before_it);
    tcase_add_test(c, ahead_can_be_closed_at_any_time);
    tcase_add_test(c, ahead_hands_over_at_once);
    tcase_add_test(c, every_packing_is_inflated);
    tcase_add_test(c, damaged_gzip_is_an_error);
    tcase_add_test(c, limits_are_read);
    Suite *s = suite_create("bytes");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
