/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations with binfmt_misc, and maps of ids. */
#include "runners/cell/emulator.h"
#include "runners/cell/id_map.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(registration)
{
    char *line = emulator_registration(&(struct elf_kind){64, false, 183}, "/proc/self/fd/5");
    ck_assert_str_eq(
        line, ":plimsoll:M::"
              "\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
              "\\x02\\x00\\xb7\\x00:"
              "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
              "\\xfe\\xff\\xff\\xff:/proc/self/fd/5:FPO");
    free(line);
}
END_TEST

START_TEST(magic_of_big_endian)
{
    unsigned char magic[ELF_MAGIC_SIZE], mask[ELF_MAGIC_SIZE];
    emulator_magic(&(struct elf_kind){32, true, 0x1234}, magic, mask);
    ck_assert(magic[4] == 1 && magic[5] == 2);
    ck_assert(magic[16] == 0 && magic[17] == 2 && mask[16] == 0xff && mask[17] == 0xfe);
    ck_assert(magic[18] == 0x12 && magic[19] == 0x34);
}
END_TEST

START_TEST(identity_of_maps)
{
    char *map = id_map_as_identity("         0          0 4294967295\n");
    ck_assert_str_eq(map, "0 0 4294967295\n");
    free(map);
    map = id_map_as_identity("0 1000 1\n1 100000 65536\n");
    ck_assert_str_eq(map, "0 0 1\n1 1 65536\n");
    ck_assert(id_map_has(map, 0) && id_map_has(map, 65536) && !id_map_has(map, 65537));
    free(map);
    ck_assert_ptr_null(id_map_as_identity(""));
    ck_assert_ptr_null(id_map_as_identity("0 0\n"));
    ck_assert_ptr_null(id_map_as_identity("0 0 1\nx"));
}
END_TEST

START_TEST(single_map)
{
    struct id_map m;
    id_map_single(&m, &(struct identity){.uid = 65532, .gid = 5}, 1000, 100);
    ck_assert(m.single && !m.groups);
    ck_assert_str_eq(m.uids, "65532 1000 1\n");
    ck_assert_str_eq(m.gids, "5 100 1\n");
    id_map_done(&m);
}
END_TEST

START_TEST(own_map)
{
    struct id_map m;
    struct error e = ERROR_INIT;
    ck_assert(id_map_identity(&m, &(struct identity){.uid = 0}, &e));
    ck_assert(id_map_has(m.uids, 0));
    id_map_done(&m);
    ck_assert(!id_map_identity(&m, &(struct identity){.uid = 4294967295u}, &e));
    error_clear(&e);
    id_map_done(&m);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("emulator");
    TCase *t = tcase_create("emulator");
    tcase_add_test(t, registration);
    tcase_add_test(t, magic_of_big_endian);
    tcase_add_test(t, identity_of_maps);
    tcase_add_test(t, single_map);
    tcase_add_test(t, own_map);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
