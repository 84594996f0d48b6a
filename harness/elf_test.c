/* SPDX-License-Identifier: Apache-2.0 */
/* Which loader an ELF file names, of both classes and byte orders, whole, cut off and hostile. */
#include "harness/base/pool.h"
#include "harness/elf.h"

#include <check.h>
#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE = 96, NAME = 240, SIZE = 256 };
static const char loader[] = "/lib/ld.so.1";

struct file {
    bool wide, big;
    unsigned char bytes[SIZE];
};

static void put(struct file *f, size_t at, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++)
        f->bytes[at + (f->big ? size - 1 - i : i)] = (unsigned char)(value >> (8 * i));
}

/* Fields of the head and of the second of its two program headers. */
static size_t width(const struct file *f)
{
    return f->wide ? 8 : 4;
}
static void put_table(struct file *f, uint64_t value)
{
    put(f, f->wide ? 32 : 28, width(f), value);
}
static void put_entry_size(struct file *f, uint64_t value)
{
    put(f, f->wide ? 54 : 42, 2, value);
}
static void put_count(struct file *f, uint64_t value)
{
    put(f, f->wide ? 56 : 44, 2, value);
}
static size_t entry(const struct file *f)
{
    return TABLE + (f->wide ? 56 : 32);
}
static void put_type(struct file *f, uint64_t value)
{
    put(f, entry(f), 4, value);
}
static void put_offset(struct file *f, uint64_t value)
{
    put(f, entry(f) + (f->wide ? 8 : 4), width(f), value);
}
static void put_length(struct file *f, uint64_t value)
{
    put(f, entry(f) + (f->wide ? 32 : 16), width(f), value);
}

static struct file file_of(int kind)
{
    struct file f = {.wide = kind & 1, .big = kind & 2};
    memcpy(f.bytes, ELFMAG, SELFMAG);
    f.bytes[EI_CLASS] = f.wide ? ELFCLASS64 : ELFCLASS32;
    f.bytes[EI_DATA] = f.big ? ELFDATA2MSB : ELFDATA2LSB;
    put_table(&f, TABLE);
    put_entry_size(&f, f.wide ? 56 : 32);
    put_count(&f, 2);
    put(&f, TABLE, 4, PT_PHDR);
    put_type(&f, PT_INTERP);
    put_offset(&f, NAME);
    put_length(&f, sizeof loader);
    memcpy(f.bytes + NAME, loader, sizeof loader);
    return f;
}

/* In memory of just that size, so that reading past it is seen. */
static void expect(const struct file *f, size_t size, const char *name)
{
    unsigned char *exact = must_calloc(size ? size : 1, 1);
    memcpy(exact, f->bytes, size);
    CLEANUP_FREE char *have = elf_interpreter(exact, size);
    ck_assert_pstr_eq(have, name);
    free(exact);
}

START_TEST(the_loader_is_read)
{
    struct file f = file_of(_i);
    expect(&f, SIZE, loader);
    put_length(&f, 2); /* shorter than its text: not ended where it says */
    expect(&f, SIZE, NULL);
    put_length(&f, SIZE - NAME); /* longer than its text */
    expect(&f, SIZE, loader);
    put_offset(&f, NAME + sizeof loader);
    put_length(&f, 2); /* empty */
    expect(&f, SIZE, "");
}
END_TEST

START_TEST(a_file_may_name_none)
{
    struct file f = file_of(_i);
    put_type(&f, PT_LOAD);
    expect(&f, SIZE, NULL);
    f = file_of(_i);
    put_count(&f, 1);
    expect(&f, SIZE, NULL);
    put_count(&f, 0);
    expect(&f, SIZE, NULL);
    f = file_of(_i);
    f.bytes[EI_CLASS] = ELFCLASSNONE;
    expect(&f, SIZE, NULL);
    f = file_of(_i);
    f.bytes[1] = 'e';
    expect(&f, SIZE, NULL);
}
END_TEST

START_TEST(a_cut_file_is_not_read_beyond_its_end)
{
    struct file f = file_of(_i);
    size_t end = NAME + sizeof loader;
    for (size_t size = 0; size < SIZE; size++)
        expect(&f, size, size < end ? NULL : loader);
}
END_TEST

/* Numbers around every boundary, in each field that leads on; at 0 and 1 the head is read as a
 * text, which is as good as any other. */
START_TEST(hostile_numbers_lead_nowhere)
{
    static const uint64_t numbers[] = {0,
                                       1,
                                       SIZE - 1,
                                       SIZE,
                                       SIZE + 1,
                                       PATH_MAX,
                                       PATH_MAX + 1,
                                       0x7fffffff,
                                       0x80000000,
                                       0xfffffff0,
                                       0xffffffff,
                                       INT64_MAX,
                                       UINT64_MAX - 55,
                                       UINT64_MAX - SIZE,
                                       UINT64_MAX};
    static void (*const fields[])(struct file *, uint64_t) = {put_table, put_entry_size, put_offset,
                                                              put_length};
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
        for (size_t i = fields[k] == put_offset ? 2 : 0; i < sizeof numbers / sizeof *numbers;
             i++) {
            struct file f = file_of(_i);
            fields[k](&f, numbers[i]);
            expect(&f, SIZE, NULL);
        }
    struct file f = file_of(_i);
    put_count(&f, UINT16_MAX); /* the second is there all the same */
    expect(&f, SIZE, loader);
    put_type(&f, PT_LOAD);
    expect(&f, SIZE, NULL);
}
END_TEST

/* A name longer than any path is no name, and one as long is. */
START_TEST(a_loader_is_no_longer_than_a_path)
{
    size_t size = NAME + PATH_MAX + 1;
    for (size_t length = PATH_MAX; length <= PATH_MAX + 1; length++) {
        struct file f = file_of(_i);
        put_length(&f, length);
        char *bytes = must_calloc(size, 1);
        memcpy(bytes, f.bytes, SIZE);
        memset(bytes + NAME, '/', length - 1);
        CLEANUP_FREE char *have = elf_interpreter(bytes, size);
        ck_assert_int_eq(have != NULL, length == PATH_MAX);
        free(bytes);
    }
}
END_TEST

int main(void)
{
    enum { KINDS = 4 };
    TCase *c = tcase_create("elf");
    tcase_add_loop_test(c, the_loader_is_read, 0, KINDS);
    tcase_add_loop_test(c, a_file_may_name_none, 0, KINDS);
    tcase_add_loop_test(c, a_cut_file_is_not_read_beyond_its_end, 0, KINDS);
    tcase_add_loop_test(c, hostile_numbers_lead_nowhere, 0, KINDS);
    tcase_add_loop_test(c, a_loader_is_no_longer_than_a_path, 0, KINDS);
    Suite *s = suite_create("elf");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
